import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type CSSProperties, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { useMedia } from '../../app/appearance.ts';
import { classNames } from '../../ui/class-names.ts';

/** A column: its heading, its share of the width (as in `grid-template-columns`), and what a row shows in it. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  readonly width: string;
  readonly render: (row: Row) => ReactNode;
  /** Numbers and times stand at the right edge. */
  readonly end?: boolean;
  /** Left out where the window is narrow: it stands elsewhere as well. */
  readonly minor?: boolean;
}

interface DataGridProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  rowHeight?: number;
  /** Enter, or a click on the row. */
  onOpen?: (row: Row) => void;
  /** Rows can be chosen, one or many. */
  selection?: {
    readonly chosen: ReadonlySet<string>;
    readonly change: (chosen: ReadonlySet<string>) => void;
    readonly labelOf: (row: Row) => string;
    readonly all: string;
  };
  /** How many rows there are in all, where not every one is here yet. */
  total?: number;
  /** The end came into view: more may be asked for. */
  onEnd?: () => void;
  className?: string;
}

/**
 * A table of any length (a grid in ARIA's terms), one tab stop: arrows, Home, End and Page keys move, Space chooses, Enter opens, Ctrl A chooses all.
 * Only the rows in view exist.
 */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { label, columns: all, rows, keyOf, rowHeight = 36, onOpen, selection, total, onEnd, className } = props;
  const isNarrow = useMedia('(max-width: 899px)');
  const columns = isNarrow ? all.filter(({ minor }) => minor !== true) : all;
  const scroller = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const [anchor, setAnchor] = useState(0);
  const current = Math.max(0, Math.min(at, rows.length - 1));
  // eslint-disable-next-line react/incompatible-library -- nothing of it is passed on
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => keyOf(rows[index]!),
    overscan: 8,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 20) onEnd?.();
  }, [last, rows.length, onEnd]);

  const focusRow = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setAt(next);
    virtual.scrollToIndex(next, { align: 'auto' });
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({ preventScroll: true }));
  };
  const toggle = (index: number, range: boolean) => {
    if (selection === undefined || rows[index] === undefined) return;
    const chosen = new Set(selection.chosen);
    if (range) {
      for (let step = Math.min(anchor, index); step <= Math.max(anchor, index); step += 1) chosen.add(keyOf(rows[step]!));
    } else {
      const key = keyOf(rows[index]!);
      if (!chosen.delete(key)) chosen.add(key);
      setAnchor(index);
    }
    setAt(index);
    selection.change(chosen);
  };
  const toggleAll = () => {
    if (selection === undefined) return;
    const all = rows.map(keyOf);
    selection.change(all.every((key) => selection.chosen.has(key)) ? new Set() : new Set(all));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || rows.length === 0) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: rows.length - 1,
    };
    const move = moves[event.key];
    if (move !== undefined) focusRow(move);
    else if (event.key === ' ' && selection !== undefined) toggle(current, event.shiftKey);
    else if (event.key === 'Enter' && onOpen !== undefined) onOpen(rows[current]!);
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey) && selection !== undefined) toggleAll();
    else return;
    event.preventDefault();
  };
  const onRowClick = (index: number) => (event: MouseEvent) => {
    setAt(index);
    if (event.ctrlKey || event.metaKey || event.shiftKey) toggle(index, event.shiftKey);
    else onOpen?.(rows[index]!);
  };
  const template: CSSProperties = {
    gridTemplateColumns: `${selection === undefined ? '' : '36px '}${columns.map(({ width }) => width).join(' ')}`,
  };
  const allChosen = selection !== undefined && rows.length > 0 && rows.every((row) => selection.chosen.has(keyOf(row)));
  return (
    <div
      className={classNames('data-grid', className)}
      role="grid"
      aria-label={label}
      aria-rowcount={(total ?? rows.length) + 1}
      aria-multiselectable={selection !== undefined}
    >
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className="data-head" style={template}>
          {selection !== undefined && (
            <span role="columnheader">
              <span className="checkbox">
                <input
                  type="checkbox"
                  aria-label={selection.all}
                  checked={allChosen}
                  ref={(box) => {
                    if (box !== null) box.indeterminate = !allChosen && selection.chosen.size > 0;
                  }}
                  onChange={toggleAll}
                />
              </span>
            </span>
          )}
          {columns.map((column) => (
            <span key={column.id} role="columnheader" className={classNames('cut', column.end === true && 'end')}>
              {column.title}
            </span>
          ))}
        </div>
      </div>
      <div ref={scroller} role="rowgroup" className="data-rows" onKeyDown={onKeyDown}>
        <div role="presentation" className="list-inside" style={{ height: virtual.getTotalSize() }}>
          {shown.map(({ index, start, key }) => {
            const row = rows[index]!;
            const isChosen = selection?.chosen.has(keyOf(row)) === true;
            return (
              <div
                key={key}
                role="row"
                data-index={index}
                aria-rowindex={index + 2}
                {...(selection === undefined ? {} : { 'aria-selected': isChosen })}
                tabIndex={index === current ? 0 : -1}
                className={classNames('data-row', isChosen && 'chosen', onOpen !== undefined && 'opens')}
                style={{ ...template, height: rowHeight, transform: `translateY(${start}px)` }}
                onClick={onRowClick(index)}
              >
                {selection !== undefined && (
                  <span role="gridcell" onClick={(event) => event.stopPropagation()}>
                    <span className="checkbox">
                      <input
                        type="checkbox"
                        tabIndex={-1}
                        aria-label={selection.labelOf(row)}
                        checked={isChosen}
                        onClick={(event) => toggle(index, event.shiftKey)}
                        onChange={() => undefined}
                      />
                    </span>
                  </span>
                )}
                {columns.map((column) => (
                  <span key={column.id} role="gridcell" className={classNames('data-cell', column.end === true && 'end')}>
                    {column.render(row)}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
