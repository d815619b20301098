import { useId, type ComponentProps, type ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Icon } from './icon.tsx';
import { RuleNote } from './note.tsx';

interface InputProps extends ComponentProps<'input'> {
  /** The name above the field; `null` when `aria-label` names it. */
  label: string | null;
  /** What is wrong, under the field. */
  problem?: string | null;
  /** Things inside the field after the text. */
  after?: ReactNode;
}

/** A line of text with its label. Password fields stay uncontrolled: pass a `ref`, never a value. */
export function Input({ label, problem = null, after, className, ...rest }: InputProps) {
  const id = useId();
  return (
    <div className={classNames('col', className)}>
      {label !== null && (
        <label className="label" htmlFor={id}>
          {label}
        </label>
      )}
      <div className={classNames('field', problem !== null && 'invalid', rest.disabled === true && 'off')}>
        <input
          spellCheck={false}
          autoComplete="off"
          {...rest}
          id={id}
          {...(problem === null ? {} : { 'aria-invalid': true, 'aria-describedby': `${id}-problem` })}
        />
        {after}
      </div>
      {problem !== null && (
        <span id={`${id}-problem`} className="sm danger" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}

interface CheckboxProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
  disabled?: boolean;
  /** Why a rule disables it: the shield line under the text. */
  rule?: string | null;
}

/** A box with its sentence. */
export function Checkbox({ checked, onChange, children, disabled = false, rule = null }: CheckboxProps) {
  const id = useId();
  return (
    <div className="checkbox">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={disabled || rule !== null}
        onChange={(event) => onChange(event.target.checked)}
        {...(rule === null ? {} : { 'aria-describedby': `${id}-rule` })}
      />
      <span className="col">
        <label htmlFor={id}>{children}</label>
        {rule !== null && <RuleNote id={`${id}-rule`}>{rule}</RuleNote>}
      </span>
    </div>
  );
}

/** On or off, at once. `label` names it where no visible text is tied to it. */
export function Switch({
  checked,
  onChange,
  ...rest
}: Omit<ComponentProps<'input'>, 'onChange'> & { checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <input
      {...rest}
      type="checkbox"
      role="switch"
      className="switch"
      checked={checked}
      onChange={(event) => onChange(event.target.checked)}
    />
  );
}

interface SelectProps<Value extends string> {
  value: Value;
  options: readonly { value: Value; text: string }[];
  onChange: (value: Value) => void;
  label?: string;
  id?: string;
  describedBy?: string | undefined;
  disabled?: boolean;
}

/** One of a few; the OS's own list, so it reads and behaves as people know it. Shows a lock where a rule holds the value. */
export function Select<Value extends string>({ value, options, onChange, label, id, describedBy, disabled = false }: SelectProps<Value>) {
  return (
    <span className={classNames('field', 'compact', 'select', disabled && 'off')}>
      <select
        value={value}
        disabled={disabled}
        id={id}
        aria-label={label}
        aria-describedby={describedBy}
        onChange={(event) => onChange(event.target.value as Value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
      <Icon name={disabled ? 'lock' : 'down'} size={14} className="t3" />
    </span>
  );
}
