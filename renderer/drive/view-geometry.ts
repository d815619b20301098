/** Where items stand in what scrolls: rows are one column as wide as the view, tiles stand in as many as fit. Pixels. */
export interface Geometry {
  readonly count: number;
  readonly columns: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** What stands above the first item. */
  readonly top: number;
  readonly side: number;
}
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const tile = { least: 132, height: 148, side: 12 } as const;

export const rowsGeometry = (count: number, width: number, cellHeight: number, top: number): Geometry => ({
  count,
  columns: 1,
  cellWidth: width,
  cellHeight,
  top,
  side: 0,
});

export function tilesGeometry(count: number, width: number, top: number): Geometry {
  const room = Math.max(tile.least, width - 2 * tile.side);
  const columns = Math.floor(room / tile.least);
  return { count, columns, cellWidth: Math.floor(room / columns), cellHeight: tile.height, top: top + tile.side, side: tile.side };
}

const rowsOf = ({ count, columns }: Geometry): number => Math.ceil(count / columns);

/** How high all items are together, with what stands above them. */
export const heightOf = (geometry: Geometry): number => geometry.top + rowsOf(geometry) * geometry.cellHeight + geometry.side;

export function boxOf(geometry: Geometry, index: number): Box {
  const { columns, cellWidth, cellHeight, top, side } = geometry;
  const left = side + (index % columns) * cellWidth;
  const upper = top + Math.floor(index / columns) * cellHeight;
  return { left, top: upper, right: left + cellWidth, bottom: upper + cellHeight };
}

/** The items between two heights, and `more` rows around them: first included, last not. */
export function itemsBetween(geometry: Geometry, from: number, to: number, more: number): readonly [number, number] {
  const { columns, cellHeight, top, count } = geometry;
  const first = Math.max(0, Math.floor((from - top) / cellHeight) - more);
  const last = Math.max(first, Math.ceil((to - top) / cellHeight) + more);
  return [Math.min(count, first * columns), Math.min(count, last * columns)];
}

/** The items that a rubber band touches. */
export function touched(geometry: Geometry, band: Box): number[] {
  const { columns, cellWidth, side, count } = geometry;
  const [first, last] = itemsBetween(geometry, band.top, band.bottom, 0);
  const from = columns === 1 ? 0 : Math.max(0, Math.floor((band.left - side) / cellWidth));
  const to = columns === 1 ? 0 : Math.min(columns - 1, Math.floor((band.right - side) / cellWidth));
  const found: number[] = [];
  for (let start = first; start < last; start += columns) {
    for (let column = from; column <= to; column += 1) if (start + column < count) found.push(start + column);
  }
  return found;
}

/** Where a key leads from the item at `index` (-1 before the first move); null when the key is none of these. `height` is that of the view. */
export function steppedTo(geometry: Geometry, index: number, key: string, height: number): number | null {
  const { count, columns, cellHeight } = geometry;
  const page = Math.max(1, Math.floor(height / cellHeight) - 1) * columns;
  const within = (to: number) => Math.max(0, Math.min(count - 1, to));
  if (index < 0) return ['ArrowUp', 'End'].includes(key) ? count - 1 : /^(?:Arrow(?:Down|Right|Left)|Home|Page)/u.test(key) ? 0 : null;
  switch (key) {
    case 'ArrowDown':
      // From the last full row down into one that is not full, and never beside it.
      return index + columns < count ? index + columns : Math.floor(index / columns) < rowsOf(geometry) - 1 ? count - 1 : index;
    case 'ArrowUp':
      return index - columns >= 0 ? index - columns : index;
    case 'ArrowRight':
      return columns === 1 ? null : within(index + 1);
    case 'ArrowLeft':
      return columns === 1 ? null : within(index - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    case 'PageDown':
      return within(index + page);
    case 'PageUp':
      return within(index - page);
    default:
      return null;
  }
}
