import {
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type DragEvent,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
  type Ref,
} from 'react';
import { classNames } from '../ui/class-names.ts';
import { TypeAhead } from '../ui/type-ahead.ts';
import { GridHead } from './grid-head.tsx';
import { GridItem, type GridColumn } from './grid-item.tsx';
import { choose, chooseAll, chooseNone, chooseOnly, chooseOthers, nothingChosen, walkTo, type Held, type Selection } from './selection.ts';
import { boxOf, heightOf, itemsBetween, rowsGeometry, steppedTo, tilesGeometry } from './view-geometry.ts';
import { useKeptScroll, type ScrollMemory } from './use-kept-scroll.ts';
import { useRowHeight } from './use-row-height.ts';
import { useRubberBand } from './use-rubber-band.ts';
import { useViewport } from './use-viewport.ts';

export type { GridColumn } from './grid-item.tsx';

/** What a press, a drag or a drop goes to: an item, or the empty space around all. */
export interface GridDrag<Item> {
  readonly onStart: (event: DragEvent, item: Item) => void;
  readonly onOver: (event: DragEvent, item: Item | null) => void;
  readonly onDrop: (event: DragEvent, item: Item | null) => void;
}

interface DataGridProps<Item> {
  label: string;
  items: readonly Item[];
  keyOf: (item: Item) => string;
  nameOf: (item: Item) => string;
  columns: readonly GridColumn<Item>[];
  /** The widths of the columns, as CSS has them. */
  template?: string;
  /** Draws tiles instead of rows. */
  tile?: (item: Item, chosen: boolean) => ReactNode;
  /** Rows of another height than the density's, in pixels. */
  tall?: number;
  selection: Selection;
  onSelection: (next: Selection) => void;
  onOpen: (item: Item) => void;
  /** Keys of the feature, before those of the grid; `preventDefault` takes a key. */
  onKey?: (event: KeyboardEvent, item: Item | undefined) => void;
  classOf?: (item: Item) => string | null;
  /** The item whose name is being typed: it stays drawn and in its place in the page whatever happens around it. */
  editing?: string | null;
  drag?: GridDrag<Item>;
  /** A row above all others, as high as they are. */
  first?: ReactNode;
  memory?: ScrollMemory;
  /** The last rows came into view: more may be asked for. */
  onEnd?: () => void;
  className?: string;
  ref?: Ref<HTMLDivElement>;
}

const headHeight = 28;
/** Rows drawn beside those in view. */
const around = 6;

const heldBy = (event: MouseEvent | KeyboardEvent): Held => ({ toggle: event.ctrlKey || event.metaKey, range: event.shiftKey });

/**
 * Any number of things as rows or tiles and one tab stop (a grid in ARIA's terms): arrows, Home, End, Page keys and typing move and
 * choose, Shift reaches, Ctrl walks, Space toggles, Ctrl A takes all, Enter opens, Shift F10 opens the menu at the item; the mouse draws a
 * frame over empty space. Only what is in view exists in the page.
 */
export function DataGrid<Item>(props: DataGridProps<Item>) {
  const { label, items, keyOf, nameOf, columns, tile, selection, onSelection, onOpen, onKey, editing = null, drag, first, ref } = props;
  const id = useId();
  const densityHeight = useRowHeight();
  const rowHeight = props.tall ?? densityHeight;
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const typing = useRef(new TypeAhead());
  const pressed = useRef<string | null>(null);
  /** The press draws a frame: what it chooses at once must not be dragged by the same press. */
  const draws = useRef(false);
  const order = useMemo(() => items.map(keyOf), [items, keyOf]);
  const places = useMemo(() => new Map(order.map((key, index) => [key, index])), [order]);
  const placeOf = (key: string | null): number => (key === null ? -1 : (places.get(key) ?? -1));
  const activeIndex = placeOf(selection.active);
  const isTiles = tile !== undefined;
  const top = (!isTiles ? headHeight : 0) + (first === undefined ? 0 : densityHeight);
  const { width, height, from } = useViewport(scroller, rowHeight * 3);
  const geometry = useMemo(
    () => (isTiles ? tilesGeometry(items.length, width, top) : rowsGeometry(items.length, width, rowHeight, top)),
    [isTiles, items.length, width, rowHeight, top],
  );
  const { band, press } = useRubberBand({ scroller, geometry, order, onSelection });
  useKeptScroll(scroller, order, placeOf, geometry, props.memory);

  // What the keyboard stands on comes into view when it moves, not when rows move under it.
  const seen = useRef(selection.active);
  useLayoutEffect(() => {
    if (scroller === null || seen.current === selection.active) return;
    seen.current = selection.active;
    if (activeIndex < 0) return;
    const box = boxOf(geometry, activeIndex);
    const above = isTiles ? 0 : headHeight;
    if (box.top - above < scroller.scrollTop) scroller.scrollTo({ top: box.top - above });
    else if (box.bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTo({ top: box.bottom - scroller.clientHeight });
    // oxlint-disable-next-line react/exhaustive-deps -- see above
  }, [selection.active, scroller]);

  const [start, end] = itemsBetween(geometry, from, from + height + rowHeight * 3, tile === undefined ? around : 1);
  const isAtEnd = items.length > 0 && height > 0 && end >= items.length;
  const { onEnd } = props;
  useLayoutEffect(() => {
    if (isAtEnd) onEnd?.();
  }, [isAtEnd, items.length, onEnd]);

  const openMenu = () => {
    const row = scroller?.querySelector(`[data-index="${activeIndex}"]`) ?? scroller;
    const box = row?.getBoundingClientRect();
    if (row == null || box === undefined) return;
    const at = { clientX: box.left + 40, clientY: box.top + Math.min(box.height, rowHeight) - 6 };
    row.dispatchEvent(new window.MouseEvent('contextmenu', { bubbles: true, cancelable: true, ...at }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.nativeEvent.isComposing) return;
    const item = items[activeIndex];
    onKey?.(event, item);
    if (event.defaultPrevented) return;
    const command = event.ctrlKey || event.metaKey;
    const to = event.altKey ? null : steppedTo(geometry, activeIndex, event.key, height - headHeight);
    if (to !== null) {
      const key = order[to];
      if (key !== undefined) onSelection(walkTo(selection, order, key, heldBy(event)));
    } else if (event.key === 'Enter' && item !== undefined && !command && !event.altKey) onOpen(item);
    else if (event.key === ' ' && item !== undefined)
      onSelection(choose(selection, order, keyOf(item), { toggle: !event.shiftKey, range: event.shiftKey }));
    else if (event.key.toLowerCase() === 'a' && command) onSelection(chooseAll(order, selection));
    else if (event.key.toLowerCase() === 'i' && command && !event.shiftKey) onSelection(chooseOthers(selection, order));
    else if (event.key === 'Escape' && selection.chosen.size > 0) onSelection(chooseNone(selection));
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) openMenu();
    else if (event.key.length === 1 && !command && !event.altKey) {
      const found = typing.current.find(event.key, event.timeStamp, activeIndex, items.length, (index) => [nameOf(items[index]!)]);
      if (found >= 0) onSelection(chooseOnly(order[found]!));
    } else return;
    event.preventDefault();
  };

  /** The item under the pointer. */
  const under = (target: EventTarget): { item: Item; key: string } | null => {
    const index = target instanceof Element ? target.closest<HTMLElement>('[data-index]')?.dataset['index'] : undefined;
    const item = index === undefined ? undefined : items[Number(index)];
    return item === undefined ? null : { item, key: keyOf(item) };
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    const target = event.target as Element;
    const box = event.currentTarget.getBoundingClientRect();
    const onBar = event.clientX - box.left >= event.currentTarget.clientWidth;
    if (event.button !== 0 || onBar || target.closest('button, input, .grid-head, .grid-row.new') !== null) return;
    scroller?.focus({ preventScroll: true });
    const hit = under(target);
    const held = heldBy(event);
    const base = held.toggle || held.range ? selection : { ...nothingChosen, active: selection.active };
    pressed.current = null;
    draws.current = hit === null;
    if (hit === null) {
      if (!held.toggle && !held.range) onSelection(chooseNone(selection));
      return press(event, base);
    }
    // A press on what is chosen may start to drag all of it; it becomes the only one when the button comes up.
    const waits = selection.chosen.has(hit.key) && !held.toggle && !held.range;
    if (waits) pressed.current = hit.key;
    else onSelection(choose(selection, order, hit.key, held));
    draws.current = !waits && target.closest('[draggable="true"]') === null;
    if (draws.current) press(event, held.toggle ? selection : base);
  };

  const shown = Array.from({ length: end - start }, (_, at) => start + at);
  for (const index of [activeIndex, placeOf(editing)]) if (index >= 0 && (index < start || index >= end)) shown.push(index);
  const draw = (index: number) => {
    const item = items[index];
    const key = order[index];
    if (item === undefined || key === undefined) return null;
    return (
      <GridItem
        key={key === editing ? 'editing' : key}
        id={`${id}-${key}`}
        item={item}
        index={index}
        chosen={selection.chosen.has(key)}
        active={index === activeIndex}
        columns={columns}
        tile={tile}
        box={boxOf(geometry, index)}
        top={top}
        isDraggable={drag !== undefined && key !== editing}
        className={props.classOf?.(item) ?? null}
      />
    );
  };
  const editingIndex = placeOf(editing);
  const template = props.template === undefined ? undefined : ({ '--grid-template': props.template } as CSSProperties);
  return (
    <div
      ref={(element) => {
        setScroller(element);
        if (typeof ref === 'function') ref(element);
        else if (ref != null) ref.current = element;
      }}
      className={classNames('data-grid', tile !== undefined && 'tiles', props.className)}
      style={template}
      role="grid"
      tabIndex={0}
      data-start
      aria-label={label}
      aria-multiselectable
      aria-rowcount={items.length + 1}
      aria-activedescendant={activeIndex >= 0 ? `${id}-${order[activeIndex]}` : undefined}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onMouseDown={(event) => {
        // A press that reaches selects rows, not the text in them.
        const isControl = (event.target as Element).closest('input, button, .column-edge') !== null;
        if (!isControl && (event.shiftKey || draws.current)) event.preventDefault();
      }}
      onClick={(event) => {
        const hit = under(event.target);
        if (hit !== null && pressed.current === hit.key && selection.chosen.size > 1) onSelection(chooseOnly(hit.key));
        pressed.current = null;
      }}
      onDoubleClick={(event) => {
        const hit = under(event.target);
        if (hit !== null) onOpen(hit.item);
      }}
      onContextMenu={(event) => {
        const hit = under(event.target);
        // The menu of the empty space is the folder's; the one that a key opens stays with what is chosen.
        if (hit === null) {
          if (event.nativeEvent.isTrusted) onSelection(chooseNone(selection));
        } else if (!selection.chosen.has(hit.key)) onSelection(chooseOnly(hit.key));
        scroller?.focus({ preventScroll: true });
      }}
      onDragStart={(event) => {
        const hit = under(event.target);
        if (hit !== null) drag?.onStart(event, hit.item);
      }}
      onDragOver={(event) => drag?.onOver(event, under(event.target)?.item ?? null)}
      onDrop={(event) => drag?.onDrop(event, under(event.target)?.item ?? null)}
    >
      {tile === undefined && <GridHead columns={columns} />}
      {first}
      <div role="rowgroup" className="grid-body" style={{ height: heightOf(geometry) - top }}>
        {shown.filter((index) => index !== editingIndex).map(draw)}
        {editingIndex >= 0 && draw(editingIndex)}
        {band !== null && (
          <div
            aria-hidden
            role="presentation"
            className="rubber-band"
            style={{ left: band.left, top: band.top - top, width: band.right - band.left, height: band.bottom - band.top }}
          />
        )}
      </div>
    </div>
  );
}
