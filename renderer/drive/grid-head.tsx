import { useRef, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { classNames } from '../ui/class-names.ts';
import { Icon } from '../ui/icon.tsx';
import type { GridColumn } from './grid-item.tsx';

const keyStep = 16;

/** The titles of the columns: pressed they sort, by their edge they are made wider (or with Shift and an arrow). */
export function GridHead<Item>({ columns }: { columns: readonly GridColumn<Item>[] }) {
  const onKeyDown = (widen: GridColumn<Item>['onWiden']) => (event: KeyboardEvent) => {
    const by = event.key === 'ArrowLeft' ? -keyStep : event.key === 'ArrowRight' ? keyStep : null;
    if (widen === undefined || by === null || !event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    widen(by);
  };
  return (
    <div role="rowgroup" className="grid-head">
      <div role="row" aria-rowindex={1} className="grid-row">
        {columns.map(({ id, title, sorted, onSort, onWiden, className }) => (
          <div key={id} role="columnheader" className={classNames('cell', className)} aria-sort={sorted}>
            {onWiden !== undefined && <Edge onWiden={onWiden} />}
            {onSort === undefined ? (
              title
            ) : (
              <button type="button" onClick={onSort} onKeyDown={onKeyDown(onWiden)}>
                {title}
                {sorted !== undefined && sorted !== 'none' && <Icon name={sorted === 'ascending' ? 'up' : 'down'} size={12} />}
              </button>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

/** The left edge of a column: drawn to the left it becomes wider, since the names before it take what is left. A double click resets it. */
function Edge({ onWiden }: { onWiden: (by: number | null) => void }) {
  const { t } = useTranslation('explorer');
  const at = useRef<number | null>(null);
  return (
    <span
      aria-hidden
      className="column-edge"
      title={t('columnEdge')}
      onDoubleClick={() => onWiden(null)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        at.current = event.clientX;
      }}
      onPointerMove={(event) => {
        if (at.current === null || at.current === event.clientX) return;
        onWiden(at.current - event.clientX);
        at.current = event.clientX;
      }}
      onPointerUp={() => {
        at.current = null;
      }}
    />
  );
}
