import { useId, useMemo, useState, type KeyboardEvent, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccount } from '../app/host-context.tsx';
import { useMembers } from '../app/people.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { textMatches } from '../ui/type-ahead.ts';
import { mentionQuery } from './message-text.ts';

const most = 8;

/** The names that `@` offers while it is typed. */
export function useMentions(field: RefObject<HTMLTextAreaElement | null>, memberIds: readonly string[]) {
  const listId = useId();
  const members = useMembers();
  const { member: own } = useAccount();
  const [asked, setAsked] = useState<{ start: number; query: string } | null>(null);
  const [at, setAt] = useState(0);
  const found = useMemo(() => {
    if (asked === null) return [];
    return memberIds
      .flatMap((id) => members.get(id) ?? [])
      .filter(({ id, name, reading, memberId }) => id !== own.id && textMatches([name, reading, memberId], asked.query))
      .slice(0, most);
  }, [asked, memberIds, members, own.id]);
  const open = asked !== null && found.length > 0;
  const active = open ? found[Math.min(at, found.length - 1)] : undefined;
  const look = () => {
    const element = field.current;
    if (element === null) return;
    const query = mentionQuery(element.value, element.selectionStart);
    if (query?.start !== asked?.start || query?.query !== asked?.query) {
      setAsked(query);
      setAt(0);
    }
  };
  const close = () => setAsked(null);
  return {
    open,
    found,
    listId,
    activeId: active === undefined ? undefined : `${listId}-${active.id}`,
    activeMemberId: active?.id ?? null,
    look,
    close,
    /** Begins a mention at the caret; returns the new text. */
    start: (): string => {
      const element = field.current!;
      const { value, selectionStart } = element;
      const gap = selectionStart > 0 && /[\w.+-]/u.test(value[selectionStart - 1]!) ? ' @' : '@';
      element.setRangeText(gap, selectionStart, element.selectionEnd, 'end');
      element.focus();
      look();
      return element.value;
    },
    /** Puts the name in place of what was typed after `@`; returns the new text. */
    insert: (memberId: string): string | null => {
      const element = field.current;
      const name = members.get(memberId)?.name;
      if (element === null || asked === null || name === undefined) return null;
      element.setRangeText(`@${name} `, asked.start, asked.start + 1 + asked.query.length, 'end');
      element.focus();
      close();
      return element.value;
    },
    /** True when the key was for the menu. */
    onKeyDown: (event: KeyboardEvent, choose: (memberId: string) => void): boolean => {
      if (!open) return false;
      if (event.key === 'ArrowDown') setAt((at + 1) % found.length);
      else if (event.key === 'ArrowUp') setAt((at - 1 + found.length) % found.length);
      else if ((event.key === 'Enter' || event.key === 'Tab') && active !== undefined) choose(active.id);
      else if (event.key === 'Escape') close();
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}

/** The list over the composer. */
export function MentionMenu({ mentions, onChoose }: { mentions: ReturnType<typeof useMentions>; onChoose: (memberId: string) => void }) {
  const { t } = useTranslation('talk');
  if (!mentions.open) return null;
  return (
    <div className="menu mention-menu" role="listbox" id={mentions.listId} aria-label={t('mentionList')}>
      {mentions.found.map(({ id, name, reading, organisation }) => (
        <div
          key={id}
          id={`${mentions.listId}-${id}`}
          role="option"
          aria-selected={id === mentions.activeMemberId}
          className="menu-item"
          {...(id === mentions.activeMemberId ? { 'data-highlighted': '' } : {})}
          onPointerDown={(event) => {
            // Before the field loses the focus and the list with it.
            event.preventDefault();
            onChoose(id);
          }}
        >
          <Avatar id={id} name={name} size="small" />
          <span className="grow cut">{name}</span>
          <span className="xs t3 cut">{organisation ?? reading}</span>
        </div>
      ))}
    </div>
  );
}
