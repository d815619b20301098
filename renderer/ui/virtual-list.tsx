import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { TypeAhead } from './type-ahead.ts';

/** What a row is told about itself. */
export interface RowState {
  /** The keyboard stands here. */
  readonly active: boolean;
  readonly selected: boolean;
}
/** Keys held while a row was chosen. */
export interface Held {
  readonly toggle: boolean;
  readonly range: boolean;
}

interface VirtualListProps<Item> {
  label: string;
  items: readonly Item[];
  keyOf: (item: Item) => string;
  /** A row's height in pixels: rows do not measure themselves. */
  heightOf: (item: Item) => number;
  render: (item: Item, state: RowState) => ReactNode;
  isSelected: (item: Item) => boolean;
  /** A click, or Space. */
  onChoose: (item: Item, held: Held) => void;
  /** Enter or a double click; `onChoose` when missing. */
  onOpen?: (item: Item) => void;
  /** Headings between rows: not reachable, not chosen. */
  isHeading?: (item: Item) => boolean;
  /** Names and readings that typing in the list finds. */
  textsOf?: (item: Item) => readonly string[];
  /** Rows that say themselves why they cannot be chosen: reachable, so that the reason is read, but told as disabled. */
  isDisabled?: (item: Item) => boolean;
  /** More than one row may be selected. */
  multiple?: boolean;
  className?: string;
  onKeyDown?: (event: KeyboardEvent, item: Item | undefined) => void;
}

/**
 * A list of any length as one tab stop (a listbox in ARIA's terms): arrows, Home, End, Page keys and typing move, Enter opens.
 * Only the rows in view exist; the row at the keyboard always does.
 */
export function VirtualList<Item>(props: VirtualListProps<Item>) {
  const {
    label,
    items,
    keyOf,
    heightOf,
    render,
    isSelected,
    onChoose,
    onOpen,
    isHeading,
    isDisabled,
    textsOf,
    multiple = false,
    className,
  } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const typing = useRef(new TypeAhead());
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const reachable = (index: number) => items[index] !== undefined && isHeading?.(items[index]) !== true;
  const selectedIndex = items.findIndex((item) => isHeading?.(item) !== true && isSelected(item));
  const activeIndex = items.findIndex((item) => keyOf(item) === activeKey);
  const current = activeIndex >= 0 ? activeIndex : selectedIndex;

  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heightOf(items[index]!),
    getItemKey: (index) => keyOf(items[index]!),
    overscan: 6,
  });
  const sizes = items.map(heightOf).join();
  useLayoutEffect(() => virtual.measure(), [virtual, sizes]);

  // What is chosen elsewhere (another room by Alt+Arrow) comes into view and takes the keyboard's place with it.
  const selectedKey = selectedIndex >= 0 ? keyOf(items[selectedIndex]!) : null;
  useEffect(() => {
    if (selectedKey === null || multiple) return;
    setActiveKey(selectedKey);
    virtual.scrollToIndex(selectedIndex, { align: 'auto' });
    // Only when the selection changes, not when rows move under it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [selectedKey]);

  const goTo = (index: number, by: 1 | -1) => {
    let at = Math.max(0, Math.min(items.length - 1, index));
    while (items[at] !== undefined && !reachable(at)) at += by;
    if (!reachable(at)) return;
    setActiveKey(keyOf(items[at]!));
    virtual.scrollToIndex(at, { align: 'auto' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const item = items[current];
    props.onKeyDown?.(event, item);
    if (event.defaultPrevented || event.altKey || event.nativeEvent.isComposing) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / heightOf(items[Math.max(current, 0)] ?? items[0]!)) - 1);
    const moves: Readonly<Record<string, [number, 1 | -1]>> = {
      ArrowDown: [current + 1, 1],
      ArrowUp: [current - 1, -1],
      Home: [0, 1],
      End: [items.length - 1, -1],
      PageDown: [current + page, 1],
      PageUp: [current - page, -1],
    };
    const move = moves[event.key];
    if (move !== undefined) {
      event.preventDefault();
      goTo(...move);
    } else if (event.key === 'Enter' && item !== undefined && reachable(current)) {
      event.preventDefault();
      (onOpen ?? ((opened) => onChoose(opened, { toggle: false, range: false })))(item);
    } else if (event.key === ' ' && item !== undefined && reachable(current)) {
      event.preventDefault();
      onChoose(item, { toggle: event.ctrlKey || event.metaKey, range: event.shiftKey });
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && textsOf !== undefined) {
      const found = typing.current.find(event.key, event.timeStamp, current, items.length, (index) =>
        reachable(index) ? textsOf(items[index]!) : [],
      );
      if (found >= 0) goTo(found, 1);
    }
  };
  const onClick = (item: Item) => (event: MouseEvent) => {
    setActiveKey(keyOf(item));
    onChoose(item, { toggle: event.ctrlKey || event.metaKey, range: event.shiftKey });
  };

  return (
    <div
      ref={scroller}
      className={classNames('list', className)}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-multiselectable={multiple}
      aria-activedescendant={current >= 0 ? `${id}-${keyOf(items[current]!)}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" className="list-inside" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, size, key }) => {
          const item = items[index]!;
          const style = { transform: `translateY(${start}px)`, height: size };
          if (!reachable(index)) {
            return (
              <div key={key} role="presentation" className="list-row" style={style}>
                {render(item, { active: false, selected: false })}
              </div>
            );
          }
          const state = { active: index === current, selected: isSelected(item) };
          return (
            <div
              key={key}
              id={`${id}-${keyOf(item)}`}
              role="option"
              aria-selected={state.selected}
              {...(isDisabled?.(item) === true ? { 'aria-disabled': true } : {})}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              className={classNames('list-row', state.active && 'active', state.selected && 'chosen')}
              style={style}
              onClick={onClick(item)}
              onDoubleClick={() => onOpen?.(item)}
            >
              {render(item, state)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
