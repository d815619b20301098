import { useId, type ComponentProps, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Note } from '../../ui/note.tsx';

/** One of a list, read from the form by its name. */
export function FormSelect({
  label,
  options,
  ...rest
}: { label: string; options: readonly { value: string; text: string }[] } & ComponentProps<'select'>) {
  const id = useId();
  return (
    <div className="col">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <span className="field select">
        <select {...rest} id={id}>
          {options.map(({ value, text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
        <Icon name="down" size={14} className="t3" />
      </span>
    </div>
  );
}

/** Several lines of text, read from the form by its name. */
export function FormText({ label, rows = 3, ...rest }: { label: string } & ComponentProps<'textarea'>) {
  const id = useId();
  return (
    <div className="col">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <span className="field text">
        <textarea {...rest} id={id} rows={rows} />
      </span>
    </div>
  );
}

/** What a form holds, by name: texts trimmed. */
export interface FormValues {
  /** The text, or empty. */
  readonly text: (name: string) => string;
  /** The text, or null where it is empty. */
  readonly textOrNull: (name: string) => string | null;
  /** Whether the form has a field of that name. */
  readonly has: (name: string) => boolean;
}

const valuesOf = (form: HTMLFormElement): FormValues => {
  const data = new FormData(form);
  const text = (name: string): string => {
    const value = data.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  return {
    text,
    textOrNull: (name) => (text(name) === '' ? null : text(name)),
    has: (name) => data.has(name),
  };
};

interface FormDialogProps {
  title: string;
  onClose: () => void;
  /** Called with what the form holds. */
  onSubmit: (values: FormValues) => void;
  submit: string;
  look?: 'primary' | 'danger';
  busy?: boolean;
  /** Why it was not done, said above the buttons. */
  problem?: string | null;
  wide?: boolean;
  children?: ReactNode;
}

/** A dialog that is a form: fields, what went wrong, and its buttons, the safe one first. */
export function FormDialog(props: FormDialogProps) {
  const { title, onClose, onSubmit, submit, look = 'primary', busy = false, problem = null, wide = false, children } = props;
  const { t } = useTranslation('console');
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!busy) onSubmit(valuesOf(event.currentTarget));
  };
  return (
    <Dialog open onClose={onClose} title={title} className={classNames(wide && 'wide-dialog')}>
      <form className="form" onSubmit={send}>
        {children}
        {problem !== null && (
          <Note icon="error" tone="danger" alert>
            {problem}
          </Note>
        )}
        <div className="form-end">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" look={look} disabled={busy}>
            {submit}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
