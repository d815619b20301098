import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** Buttons, the safe one first. */
  footer?: ReactNode;
  className?: string;
  /** Something inside takes Escape first, such as a name that is being typed. */
  holdsEscape?: boolean;
}

/**
 * A dialog: only for making something and for what cannot be undone. Escape and a press outside close it.
 * The scrim is our own element because the library's injects a style element, which the content security policy refuses.
 */
export function Dialog({ open, onClose, title, children, footer, className, holdsEscape = false }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={(now) => !now && onClose()}>
      <Radix.Portal>
        <div className="scrim" />
        <Radix.Content
          className={classNames('dialog', className)}
          aria-describedby={undefined}
          onEscapeKeyDown={(event) => holdsEscape && event.preventDefault()}
        >
          <header>
            <Radix.Title asChild>
              <h2>{title}</h2>
            </Radix.Title>
          </header>
          <div className="body">{children}</div>
          {footer !== undefined && <footer>{footer}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
