import { useRef, useState, type DragEvent, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Organisation } from '#shared/model/profile.ts';
import { IconButton } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { Icon } from '../../ui/icon.tsx';
import { ContextMenu, Menu, type MenuEntry } from '../../ui/menu.tsx';
import { placed, type PlacedOrganisation } from './choices.ts';

/** An organisation and everything below it, by id. */
export function belowOf(id: string, all: readonly Organisation[]): ReadonlySet<string> {
  const found = new Set([id]);
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const one of all) if (one.parentId !== null && found.has(one.parentId)) found.add(one.id);
  }
  return found;
}

interface TreeProps {
  organisations: readonly Organisation[];
  onAdd: (parent: Organisation) => void;
  onRename: (organisation: Organisation) => void;
  onMove: (organisation: Organisation) => void;
  onMoveTo: (organisation: Organisation, parentId: string | null) => void;
  onDelete: (organisation: Organisation) => void;
}

/** The tree: one tab stop, arrows walk and fold, F2 renames, Del deletes; rows are dragged onto the one they go below. */
export function OrganisationTree({ organisations, onAdd, onRename, onMove, onMoveTo, onDelete }: TreeProps) {
  const { t } = useTranslation('people');
  const tree = useRef<HTMLDivElement>(null);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState<string | null>(null);
  const [dragged, setDragged] = useState<Organisation | null>(null);
  /** An id, or empty for the top. */
  const [over, setOver] = useState<string | null>(null);
  const rows = placed(organisations, (id) => !folded.has(id));
  const current = Math.max(
    0,
    rows.findIndex(({ id }) => id === active),
  );
  const own = dragged === null ? new Set<string>() : belowOf(dragged.id, organisations);

  const goTo = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row === undefined) return;
    setActive(row.id);
    requestAnimationFrame(() => tree.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(row.id)}"]`)?.focus());
  };
  const fold = (id: string, yes: boolean) =>
    setFolded((now) => {
      const next = new Set(now);
      if (yes) next.add(id);
      else next.delete(id);
      return next;
    });
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[current];
    if (row === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const isOpen = row.hasChildren && !folded.has(row.id);
    if (event.key === 'ArrowDown') goTo(current + 1);
    else if (event.key === 'ArrowUp') goTo(current - 1);
    else if (event.key === 'Home') goTo(0);
    else if (event.key === 'End') goTo(rows.length - 1);
    else if (event.key === 'ArrowRight') {
      if (row.hasChildren && !isOpen) fold(row.id, false);
      else if (isOpen) goTo(current + 1);
    } else if (event.key === 'ArrowLeft') {
      if (isOpen) fold(row.id, true);
      else goTo(rows.findIndex(({ id }) => id === row.parentId));
    } else if (event.key === 'F2' || event.key === 'Enter') onRename(row);
    else if (event.key === 'Delete') onDelete(row);
    else return;
    event.preventDefault();
  };
  const entriesOf = (row: Organisation): readonly MenuEntry[] => [
    { text: t('addInside'), icon: 'plus', onSelect: () => onAdd(row) },
    { text: t('rename'), icon: 'rename', keys: 'F2', onSelect: () => onRename(row) },
    { text: t('move'), icon: 'move', onSelect: () => onMove(row) },
    'line',
    { text: t('delete'), icon: 'trash', keys: 'Del', danger: true, onSelect: () => onDelete(row) },
  ];
  const dropTarget = (parentId: string | null) => {
    const key = parentId ?? '';
    const isRefused = parentId !== null && own.has(parentId);
    return {
      onDragOver: (event: DragEvent) => {
        if (dragged === null) return;
        event.preventDefault();
        event.stopPropagation();
        event.dataTransfer.dropEffect = isRefused ? 'none' : 'move';
        setOver(key);
      },
      onDragLeave: () => setOver((now) => (now === key ? null : now)),
      onDrop: (event: DragEvent) => {
        event.preventDefault();
        event.stopPropagation();
        setOver(null);
        if (dragged !== null && !isRefused && dragged.parentId !== parentId) onMoveTo(dragged, parentId);
        setDragged(null);
      },
    };
  };
  const hint = (row: PlacedOrganisation) =>
    over !== row.id ? null : own.has(row.id) ? t('dropRefused') : t('dropInto', { name: row.name });

  return (
    <>
      <div ref={tree} role="tree" aria-label={t('tree')} className="box org-tree" onKeyDown={onKeyDown}>
        {rows.map((row, index) => (
          <ContextMenu key={row.id} entries={entriesOf(row)}>
            <div
              role="treeitem"
              data-id={row.id}
              aria-level={row.depth + 1}
              aria-label={[row.name, row.description, t('memberCount', { count: row.memberCount })].filter(Boolean).join(' ')}
              {...(row.hasChildren ? { 'aria-expanded': !folded.has(row.id) } : {})}
              aria-selected={index === current}
              tabIndex={index === current ? 0 : -1}
              className={classNames('box-row org-row', over === row.id && (own.has(row.id) ? 'refuses' : 'takes'))}
              style={{ paddingInlineStart: 12 + row.depth * 22 }}
              draggable
              onFocus={() => setActive(row.id)}
              onDragStart={(event) => {
                event.dataTransfer.effectAllowed = 'move';
                event.dataTransfer.setData('text/plain', row.name);
                setDragged(row);
              }}
              onDragEnd={() => {
                setDragged(null);
                setOver(null);
              }}
              {...dropTarget(row.id)}
            >
              <span className="fold" aria-hidden onClick={() => row.hasChildren && fold(row.id, !folded.has(row.id))}>
                {row.hasChildren && <Icon name={folded.has(row.id) ? 'forward' : 'down'} size={14} className="t3" />}
              </span>
              <Icon name="organisation" size={16} className="t3" />
              <span className="cut">{row.name}</span> <span className="sm t3 cut grow">{hint(row) ?? row.description}</span>{' '}
              <span className="sm t3 num">{t('memberCount', { count: row.memberCount })}</span>
              <Menu align="end" entries={entriesOf(row)}>
                <IconButton icon="more" small tabIndex={-1} label={t('actionsOf', { name: row.name })} />
              </Menu>
            </div>
          </ContextMenu>
        ))}
      </div>
      <div className={classNames('drop-top sm t3', dragged !== null && 'shown', over === '' && 'takes')} aria-hidden {...dropTarget(null)}>
        {t('dropTop')}
      </div>
    </>
  );
}
