import { memo, type ReactNode } from 'react';
import { classNames } from '../ui/class-names.ts';
import type { Box } from './view-geometry.ts';

export interface GridColumn<Item> {
  readonly id: string;
  readonly title: string;
  readonly className?: string;
  readonly sorted?: 'ascending' | 'descending' | 'none';
  readonly onSort?: () => void;
  /** Rows are dragged by this cell; chosen rows by any. */
  readonly isHandle?: boolean;
  /** Makes the column wider by so many pixels, or, with null, as wide as usual. */
  readonly onWiden?: (by: number | null) => void;
  readonly render: (item: Item, chosen: boolean) => ReactNode;
}

interface GridItemProps<Item> {
  id: string;
  item: Item;
  index: number;
  chosen: boolean;
  active: boolean;
  columns: readonly GridColumn<Item>[];
  tile: ((item: Item, chosen: boolean) => ReactNode) | undefined;
  box: Box;
  top: number;
  isDraggable: boolean;
  className: string | null;
}

function DrawnItem<Item>({ id, item, index, chosen, active, columns, tile, box, top, isDraggable, className }: GridItemProps<Item>) {
  const place = { transform: `translate(${box.left}px, ${box.top - top}px)`, height: box.bottom - box.top };
  const shared = { id, role: 'row', 'data-index': index, 'aria-rowindex': index + 2, 'aria-selected': chosen };
  if (tile !== undefined) {
    return (
      <div
        {...shared}
        draggable={isDraggable}
        className={classNames('node-tile', chosen && 'chosen', active && 'active', className)}
        style={{ ...place, width: box.right - box.left }}
      >
        <div role="gridcell" className="tile-inside">
          {tile(item, chosen)}
        </div>
      </div>
    );
  }
  return (
    <div
      {...shared}
      draggable={isDraggable && chosen}
      className={classNames('grid-row', 'body', chosen && 'chosen', active && 'active', className)}
      style={place}
    >
      {columns.map(({ id: column, render, className: columnClass, isHandle = false }) => (
        <div key={column} role="gridcell" draggable={isDraggable && isHandle} className={classNames('cell', columnClass)}>
          {render(item, chosen)}
        </div>
      ))}
    </div>
  );
}

const sameBox = (a: Box, b: Box): boolean => a.left === b.left && a.top === b.top && a.right === b.right && a.bottom === b.bottom;

/** One row or tile; drawn anew only when something about itself changes. */
export const GridItem = memo(DrawnItem, (before, now) =>
  (Object.keys(now) as (keyof typeof now)[]).every((field) =>
    field === 'box' ? sameBox(before.box, now.box) : Object.is(before[field], now[field]),
  ),
) as typeof DrawnItem;
