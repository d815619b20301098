import { useId, useRef, type Ref } from 'react';
import { classNames } from '../ui/class-names.ts';

interface CodeFieldProps {
  label: string;
  value: string;
  onChange: (digits: string) => void;
  problem?: string | null;
  inputRef?: Ref<HTMLInputElement>;
  autoFocus?: boolean;
}

/** How many digits codes have, in programs and in mails. */
export const codeLength = 6;

/** The digits of what was typed or pasted, full-width ones too. */
export const digitsOf = (typed: string): string => typed.normalize('NFKC').replace(/\D/gu, '').slice(0, codeLength);

/** A code of six digits: one field for hands, pasting and screen readers, drawn as six. */
export function CodeField({ label, value, onChange, problem = null, inputRef, autoFocus = false }: CodeFieldProps) {
  const id = useId();
  const composing = useRef(false);
  return (
    <div className="col">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <div className={classNames('code-field', problem !== null && 'invalid')}>
        <input
          ref={inputRef}
          id={id}
          value={value}
          // A dialog gives the focus to its first button, unless a field has it already.
          autoFocus={autoFocus}
          inputMode="numeric"
          autoComplete="one-time-code"
          spellCheck={false}
          maxLength={codeLength * 2}
          onCompositionStart={() => {
            composing.current = true;
          }}
          onCompositionEnd={(event) => {
            composing.current = false;
            onChange(digitsOf(event.currentTarget.value));
          }}
          onChange={(event) => onChange(composing.current ? event.target.value : digitsOf(event.target.value))}
          {...(problem === null ? {} : { 'aria-invalid': true, 'aria-describedby': `${id}-problem` })}
        />
        {Array.from({ length: codeLength }, (_, at) => (
          <span key={at} aria-hidden className={classNames(at === Math.min(value.length, codeLength - 1) && 'next')}>
            {value[at] ?? ''}
          </span>
        ))}
      </div>
      {problem !== null && (
        <span id={`${id}-problem`} className="sm danger prose" role="alert" style={{ marginTop: 6 }}>
          {problem}
        </span>
      )}
    </div>
  );
}
