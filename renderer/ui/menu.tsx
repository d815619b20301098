import { ContextMenu as RadixContext, DropdownMenu as Radix } from 'radix-ui';
import { Fragment, type ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';

/** One line of a menu, or a line between groups. */
export type MenuEntry =
  | {
      readonly text: string;
      readonly onSelect: () => void;
      readonly icon?: IconName;
      readonly keys?: string;
      readonly danger?: boolean;
      /** Disabled, with the reason under it: nothing is greyed out without one. */
      readonly why?: string | undefined;
      /** What is to be known beside it, under it: who holds a file, since when. */
      readonly note?: string | undefined;
    }
  | 'line';

interface MenuProps {
  entries: readonly MenuEntry[];
  /** The element that opens it: one that takes a ref, such as IconButton or a button. */
  children: ReactNode;
  head?: ReactNode;
  side?: 'top' | 'right' | 'bottom' | 'left';
  align?: 'start' | 'center' | 'end';
}

const Inside = ({ entry }: { entry: Exclude<MenuEntry, 'line'> }) => (
  <>
    {entry.icon !== undefined && <Icon name={entry.icon} size={16} />}
    <span className="grow">
      {entry.text}
      {(entry.why ?? entry.note) !== undefined && <span className="why">{entry.why ?? entry.note}</span>}
    </span>
    {entry.keys !== undefined && <span className="xs t3">{entry.keys}</span>}
  </>
);

/** A menu that a button opens. */
export function Menu({ entries, children, head, side = 'bottom', align = 'start' }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="menu" side={side} align={align} sideOffset={6} collisionPadding={8}>
          {head !== undefined && <div className="menu-head">{head}</div>}
          {head !== undefined && <Radix.Separator className="menu-line" />}
          {entries.map((entry, index) =>
            entry === 'line' ? (
              <Radix.Separator key={index} className="menu-line" />
            ) : (
              <Radix.Item
                key={index}
                className={classNames('menu-item', entry.danger === true && 'danger')}
                disabled={entry.why !== undefined}
                onSelect={entry.onSelect}
              >
                <Inside entry={entry} />
              </Radix.Item>
            ),
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** The same on the right button, Shift F10 and the menu key, around one element that takes a ref. */
export function ContextMenu({ entries, children }: { entries: readonly MenuEntry[]; children: ReactNode }) {
  return (
    <RadixContext.Root modal={false}>
      <RadixContext.Trigger asChild>{children}</RadixContext.Trigger>
      <RadixContext.Portal>
        <RadixContext.Content className="menu" collisionPadding={8}>
          {entries.map((entry, index) => (
            <Fragment key={index}>
              {entry === 'line' ? (
                <RadixContext.Separator className="menu-line" />
              ) : (
                <RadixContext.Item
                  className={classNames('menu-item', entry.danger === true && 'danger')}
                  disabled={entry.why !== undefined}
                  onSelect={entry.onSelect}
                >
                  <Inside entry={entry} />
                </RadixContext.Item>
              )}
            </Fragment>
          ))}
        </RadixContext.Content>
      </RadixContext.Portal>
    </RadixContext.Root>
  );
}
