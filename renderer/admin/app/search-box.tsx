import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../ui/avatar.tsx';
import { classNames } from '../../ui/class-names.ts';
import { Icon } from '../../ui/icon.tsx';
import { textMatches } from '../../ui/type-ahead.ts';
import type { AdminScreen } from './screen.ts';
import { useMay } from './identity.ts';
import { addressOf, useRouter } from './router.tsx';
import { useAnswer } from './use-server.tsx';

const most = 8;
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/u.test(target.tagName));

/** Finds members and screens from anywhere; `/` comes here. */
export function SearchBox({ screens }: { screens: readonly AdminScreen[] }) {
  const { t } = useTranslation('console');
  const id = useId();
  const router = useRouter();
  const may = useMay();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const wanted = text.trim();
  const asked = wanted !== '' && may('members');
  const found = useAnswer('member.list', { text: wanted, limit: most }, { enabled: asked, keep: true }).data?.members ?? [];
  const targets = [
    ...(asked ? found : []).map((member) => ({
      key: member.id,
      address: addressOf('members', member.id),
      mark: <Avatar id={member.id} name={member.name} size="small" />,
      text: member.name,
      more: member.memberId,
    })),
    ...screens
      .filter((screen) => wanted !== '' && textMatches([t(screen.title), screen.path], wanted))
      .map((screen) => ({
        key: screen.path,
        address: addressOf(screen.path),
        mark: <Icon name={screen.icon} size={16} className="t3" />,
        text: t(screen.title),
        more: t('searchScreens'),
      })),
  ];
  const current = Math.min(at, targets.length - 1);
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
      event.preventDefault();
      field.current?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  const close = () => {
    setText('');
    setAt(0);
  };
  const go = (index: number) => {
    const target = targets[index];
    if (target === undefined) return;
    close();
    field.current?.blur();
    router.go(target.address);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') setAt(Math.min(current + 1, targets.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(current - 1, 0));
    else if (event.key === 'Enter') go(current);
    else if (event.key === 'Escape') {
      close();
      field.current?.blur();
    } else return;
    event.preventDefault();
  };
  const isOpen = wanted !== '';
  return (
    <div className="console-search" onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && close()}>
      <div className="seek">
        <Icon name="search" size={14} className="t3" />
        <input
          ref={field}
          type="text"
          role="combobox"
          aria-label={t('search')}
          placeholder={t('search')}
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          {...(isOpen && current >= 0 ? { 'aria-activedescendant': `${id}-${current}` } : {})}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <span className="key" aria-hidden>
          /
        </span>
      </div>
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={t('search')}
        className="menu console-found"
        hidden={!isOpen || targets.length === 0}
      >
        {targets.map((target, index) => (
          <div
            key={target.key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === current}
            tabIndex={-1}
            className={classNames('menu-item', index === current && 'on')}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => go(index)}
          >
            {target.mark}
            <span className="grow cut">{target.text}</span>
            <span className="xs t3 cut">{target.more}</span>
          </div>
        ))}
      </div>
      {isOpen && targets.length === 0 && (
        <p className="menu console-found sm t2" role="status">
          {t('searchNothing')}
        </p>
      )}
    </div>
  );
}
