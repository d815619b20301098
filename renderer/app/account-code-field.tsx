import { useId, useRef, type Ref } from 'react';
import { classNames } from '../ui/class-names.ts';

interface CodeFieldProps {
  label: string;
  length: number;
  value: string;
  onChange: (digits: string) => void;
  problem?: string | null;
  inputRef?: Ref<HTMLInputElement>;
  autoFocus?: boolean;
}

/** How many digits codes have: those of a program (RFC 6238), and those that are mailed. */
export const codeLengths = { totp: 6, email: 8 } as const;

/** The digits of what was typed or pasted, full-width ones too. */
export const digitsOf = (typed: string, length: number): string => typed.normalize('NFKC').replace(/\D/gu, '').slice(0, length);

/** A code of some digits: one field for hands, pasting and screen readers, drawn as so many. */
export function CodeField({ label, length, value, onChange, problem = null, inputRef, autoFocus = false }: CodeFieldProps) {
  const id = useId();
  const composing = useRef(false);
  return (
    <div className="col">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <div className={classNames('code-field', problem !== null && 'invalid')} data-length={length}>
        <input
          ref={inputRef}
          id={id}
          value={value}
          // A dialog gives the focus to its first button, unless a field has it already.
          autoFocus={autoFocus}
          inputMode="numeric"
          autoComplete="one-time-code"
          spellCheck={false}
          maxLength={length * 2}
          onCompositionStart={() => {
            composing.current = true;
          }}
          onCompositionEnd={(event) => {
            composing.current = false;
            onChange(digitsOf(event.currentTarget.value, length));
          }}
          onChange={(event) => onChange(composing.current ? event.target.value : digitsOf(event.target.value, length))}
          {...(problem === null ? {} : { 'aria-invalid': true, 'aria-describedby': `${id}-problem` })}
        />
        {Array.from({ length }, (_, at) => (
          <span key={at} aria-hidden className={classNames(at === Math.min(value.length, length - 1) && 'next')}>
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
