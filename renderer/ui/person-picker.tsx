import { useId, useMemo, useState, type KeyboardEvent } from 'react';
import type { Member } from '#shared/model/member.ts';
import { Avatar } from './avatar.tsx';
import { classNames } from './class-names.ts';
import { Icon } from './icon.tsx';
import { textMatches } from './type-ahead.ts';
import { useFormat } from './use-format.ts';

const mostShown = 30;

/** Finds one person by name, reading or id: a field with a list under it. */
export function PersonPicker({
  label,
  visibleLabel = false,
  chosen = null,
  except = [],
  onChoose,
  people,
  nobodyFound,
}: {
  label: string;
  visibleLabel?: boolean;
  /** The member that is shown while nobody types. */
  chosen?: string | null;
  except?: readonly string[];
  onChoose: (person: Member) => void;
  people: ReadonlyMap<string, Member>;
  nobodyFound: string;
}) {
  const format = useFormat();
  const id = useId();
  const [query, setQuery] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const shown = chosen === null ? undefined : people.get(chosen);
  const found = useMemo(
    () =>
      query === null
        ? []
        : [...people.values()]
            .filter((person) => !except.includes(person.id) && textMatches([person.name, person.reading, person.memberId], query))
            .toSorted((a, b) => a.reading.localeCompare(b.reading, 'ja'))
            .slice(0, mostShown),
    [people, query, except],
  );
  const open = query !== null;
  const choose = (member: Member | undefined) => {
    if (member === undefined) return;
    setQuery(null);
    onChoose(member);
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) setQuery('');
      else if (found.length > 0) setAt((now) => (now + (event.key === 'ArrowDown' ? 1 : -1) + found.length) % found.length);
    } else if (event.key === 'Enter' && open) {
      event.preventDefault();
      choose(found[at]);
    } else if (event.key === 'Escape' && open) {
      event.preventDefault();
      event.stopPropagation();
      setQuery(null);
    }
  };
  return (
    <div className="person-picker">
      {visibleLabel && (
        <label className="label" htmlFor={id}>
          {label}
        </label>
      )}
      <div className="field compact">
        {shown !== undefined && query === null ? (
          <Avatar id={shown.id} name={shown.name} size="small" />
        ) : (
          <Icon name="search" size={14} className="t3" />
        )}
        <input
          id={id}
          role="combobox"
          aria-expanded={open}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          {...(visibleLabel ? {} : { 'aria-label': label })}
          {...(open && found[at] !== undefined ? { 'aria-activedescendant': `${id}-${at}` } : {})}
          placeholder={visibleLabel ? '' : label}
          value={query ?? shown?.name ?? ''}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
          onClick={() => query === null && setQuery('')}
          onBlur={() => setQuery(null)}
          onKeyDown={press}
        />
        {shown !== undefined && query === null && <span className="sm t3 cut">{shown.organisation}</span>}
      </div>
      <ul id={`${id}-list`} role="listbox" aria-label={label} className="menu person-picker-list" hidden={!open}>
        {found.map((person, index) => (
          <li
            key={person.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            className={classNames('menu-item', index === at && 'on')}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(person)}
          >
            <Avatar id={person.id} name={person.name} size="small" />
            <span className="col grow">
              <span className="cut">{person.name}</span>
              <span className="xs t3 cut">{format.facts([person.memberId, person.organisation])}</span>
            </span>
          </li>
        ))}
        {open && found.length === 0 && (
          <li role="option" aria-selected={false} aria-disabled className="sm t3 person-picker-none">
            {nobodyFound}
          </li>
        )}
      </ul>
    </div>
  );
}
