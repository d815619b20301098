import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';
import { Tooltip } from './tooltip.tsx';

interface ButtonProps extends ComponentProps<'button'> {
  look?: 'plain' | 'primary' | 'quiet' | 'danger';
  size?: 'small' | 'normal' | 'large';
  icon?: IconName;
  wide?: boolean;
}

/** A button with a word. At most one `primary` in a view; `danger` only for what cannot be undone. */
export function Button({ look = 'plain', size = 'normal', icon, wide = false, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classNames('button', look !== 'plain' && look, size !== 'normal' && size, wide && 'wide', className)}
    >
      {icon !== undefined && <Icon name={icon} size={size === 'small' ? 14 : 16} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'aria-label'> {
  icon: IconName;
  /** Its name, spoken and shown in the tooltip. */
  label: string;
  /** Keys that do the same, shown in the tooltip. */
  keys?: string | undefined;
  small?: boolean;
  /** Set for buttons that stay pressed. */
  pressed?: boolean | undefined;
}

/** A button with only a glyph; the tooltip is never its only text, `label` is also its name. */
export function IconButton({ icon, label, keys, small = false, pressed, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={keys === undefined ? label : `${label}  ${keys}`}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        className={classNames('icon-button', small && 'small', pressed === true && 'on', className)}
      >
        <Icon name={icon} size={small ? 16 : 18} />
      </button>
    </Tooltip>
  );
}

/** A button that reads as a link inside running rows. */
export function LinkButton({ className, children, ...rest }: ComponentProps<'button'> & { children: ReactNode }) {
  return (
    <button type="button" {...rest} className={classNames('link', className)}>
      {children}
    </button>
  );
}
