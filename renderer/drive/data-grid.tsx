import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  useEffect,
  useId,
  useMemo,
  useRef,
  type HTMLAttributes,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
} from 'react';
import { classNames } from '../ui/class-names.ts';
import { Icon } from '../ui/icon.tsx';
import { TypeAhead } from '../ui/type-ahead.ts';
import { choose, chooseAll, chooseNone, chooseOnly, walkTo, type Selection } from './selection.ts';
import { useRowHeight } from './use-row-height.ts';

export interface GridColumn<Item> {
  readonly id: string;
  readonly title: string;
  readonly className?: string;
  readonly sorted?: 'ascending' | 'descending' | 'none';
  readonly onSort?: () => void;
  readonly render: (item: Item, chosen: boolean) => ReactNode;
}

interface DataGridProps<Item> extends Omit<HTMLAttributes<HTMLDivElement>, 'onKeyDown' | 'onSelect'> {
  label: string;
  items: readonly Item[];
  keyOf: (item: Item) => string;
  nameOf: (item: Item) => string;
  columns: readonly GridColumn<Item>[];
  selection: Selection;
  onSelection: (next: Selection) => void;
  onOpen: (item: Item) => void;
  /** Keys of the feature, before those of the grid; `preventDefault` takes a key. */
  onKey?: (event: KeyboardEvent, item: Item | undefined) => void;
  rowProps?: (item: Item) => HTMLAttributes<HTMLDivElement> & { draggable?: boolean };
  /** A row above all others, as high as they are. */
  first?: ReactNode;
  ref?: Ref<HTMLDivElement>;
}

const headHeight = 28;

/**
 * A table of any length as one tab stop (a grid in ARIA's terms): arrows, Home, End, Page keys and typing move and choose, Shift reaches,
 * Ctrl walks, Space toggles, Ctrl A takes all, Enter opens, Shift F10 opens the menu at the row. Only the rows in view exist.
 */
export function DataGrid<Item>(props: DataGridProps<Item>) {
  const { label, items, keyOf, nameOf, columns, selection, onSelection, onOpen, onKey, rowProps, first, className, ref, ...rest } = props;
  const id = useId();
  const rowHeight = useRowHeight();
  const scroller = useRef<HTMLDivElement>(null);
  const typing = useRef(new TypeAhead());
  const pressed = useRef<string | null>(null);
  const order = useMemo(() => items.map(keyOf), [items, keyOf]);
  const activeIndex = selection.active === null ? -1 : order.indexOf(selection.active);
  const top = headHeight + (first === undefined ? 0 : rowHeight);

  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => order[index]!,
    overscan: 8,
    scrollMargin: top,
    scrollPaddingStart: headHeight,
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      return activeIndex < 0 || shown.includes(activeIndex) ? shown : [...shown, activeIndex].sort((a, b) => a - b);
    },
  });
  useEffect(() => virtual.measure(), [virtual, rowHeight]);
  // What the keyboard stands on comes into view when it moves, not when rows move under it.
  useEffect(() => {
    if (activeIndex >= 0) virtual.scrollToIndex(activeIndex, { align: 'auto' });
    // oxlint-disable-next-line react/exhaustive-deps -- see above
  }, [selection.active]);

  const walk = (index: number, event: KeyboardEvent) => {
    const to = order[Math.max(0, Math.min(order.length - 1, index))];
    if (to !== undefined) onSelection(walkTo(selection, order, to, { toggle: event.ctrlKey || event.metaKey, range: event.shiftKey }));
  };
  const openMenu = () => {
    const row = selection.active === null ? null : document.getElementById(`${id}-${selection.active}`);
    const box = (row ?? scroller.current)?.getBoundingClientRect();
    if (box === undefined) return;
    const at = { clientX: box.left + 40, clientY: box.top + Math.min(box.height, rowHeight) - 6 };
    (row ?? scroller.current)?.dispatchEvent(new window.MouseEvent('contextmenu', { bubbles: true, cancelable: true, ...at }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.nativeEvent.isComposing) return;
    const item = items[activeIndex];
    onKey?.(event, item);
    if (event.defaultPrevented) return;
    const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - headHeight) / rowHeight) - 1);
    const command = event.ctrlKey || event.metaKey;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: activeIndex + 1,
      ArrowUp: activeIndex < 0 ? items.length - 1 : activeIndex - 1,
      Home: 0,
      End: items.length - 1,
      PageDown: activeIndex + page,
      PageUp: activeIndex - page,
    };
    const move = event.altKey ? undefined : moves[event.key];
    if (move !== undefined) walk(move, event);
    else if (event.key === 'Enter' && item !== undefined && !command && !event.altKey) onOpen(item);
    else if (event.key === ' ' && item !== undefined)
      onSelection(choose(selection, order, keyOf(item), { toggle: !event.shiftKey, range: event.shiftKey }));
    else if (event.key.toLowerCase() === 'a' && command) onSelection(chooseAll(order, selection));
    else if (event.key === 'Escape' && selection.chosen.size > 0) onSelection(chooseNone(selection));
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) openMenu();
    else if (event.key.length === 1 && !command && !event.altKey) {
      const found = typing.current.find(event.key, event.timeStamp, activeIndex, items.length, (index) => [nameOf(items[index]!)]);
      if (found >= 0) onSelection(chooseOnly(order[found]!));
    } else return;
    event.preventDefault();
  };

  const onMouseDown = (key: string) => (event: MouseEvent) => {
    if (event.button !== 0) return;
    const held = { toggle: event.ctrlKey || event.metaKey, range: event.shiftKey };
    // A press on what is chosen may start to drag all of it; it becomes the only one when the button comes up.
    const waits = selection.chosen.has(key) && !held.toggle && !held.range;
    pressed.current = waits ? key : null;
    if (!waits) onSelection(choose(selection, order, key, held));
    if (held.range) event.preventDefault();
    scroller.current?.focus({ preventScroll: true });
  };
  const onClick = (key: string) => () => {
    if (pressed.current === key && selection.chosen.size > 1) onSelection(chooseOnly(key));
    pressed.current = null;
  };
  const onRowMenu = (key: string) => () => {
    if (!selection.chosen.has(key)) onSelection(chooseOnly(key));
    scroller.current?.focus({ preventScroll: true });
  };

  return (
    <div
      {...rest}
      ref={(element) => {
        scroller.current = element;
        if (typeof ref === 'function') ref(element);
        else if (ref != null) ref.current = element;
      }}
      className={classNames('data-grid', className)}
      role="grid"
      tabIndex={0}
      data-start
      aria-label={label}
      aria-multiselectable
      aria-rowcount={items.length + 1}
      aria-activedescendant={activeIndex >= 0 ? `${id}-${order[activeIndex]}` : undefined}
      onKeyDown={onKeyDown}
      onMouseDown={(event) => {
        rest.onMouseDown?.(event);
        if (event.button === 0 && event.target === event.currentTarget) onSelection(chooseNone(selection));
      }}
    >
      <div role="rowgroup" className="grid-head">
        <div role="row" aria-rowindex={1} className="grid-row">
          {columns.map(({ id: column, title, sorted, onSort, className: columnClass }) => (
            <div key={column} role="columnheader" className={classNames('cell', columnClass)} aria-sort={sorted}>
              {onSort === undefined ? (
                title
              ) : (
                <button type="button" onClick={onSort}>
                  {title}
                  {sorted !== undefined && sorted !== 'none' && <Icon name={sorted === 'ascending' ? 'up' : 'down'} size={12} />}
                </button>
              )}
            </div>
          ))}
        </div>
      </div>
      {first}
      <div role="rowgroup" className="grid-body" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const item = items[index];
          const key = order[index];
          if (item === undefined || key === undefined) return null;
          const chosen = selection.chosen.has(key);
          const { className: own, ...more } = rowProps?.(item) ?? {};
          return (
            <div
              key={key}
              id={`${id}-${key}`}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={chosen}
              {...more}
              className={classNames('grid-row', 'body', chosen && 'chosen', index === activeIndex && 'active', own)}
              style={{ transform: `translateY(${start - top}px)`, height: rowHeight }}
              onMouseDown={onMouseDown(key)}
              onClick={onClick(key)}
              onContextMenu={onRowMenu(key)}
              onDoubleClick={() => onOpen(item)}
            >
              {columns.map(({ id: column, render, className: columnClass }) => (
                <div key={column} role="gridcell" className={classNames('cell', columnClass)}>
                  {render(item, chosen)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
