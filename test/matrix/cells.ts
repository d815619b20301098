/** What a person may do to one thing, on either side. On a folder the operations on content are done to the file in it. */
export const operations = [
  'none',
  'touch',
  'edit',
  'same-edit',
  'rename',
  'case-rename',
  'move',
  'move+edit',
  'delete',
  'delete+recreate',
  'other-type',
  'atomic-save',
] as const;
export type Operation = (typeof operations)[number];

/** What the other person then does to the folder that the thing lies in. */
export const parentOperations = ['none', 'rename', 'move', 'delete'] as const;
export type ParentOperation = (typeof parentOperations)[number];

export type Kind = 'file' | 'folder';

/** One case: two people act at once on what both had, one here on the disk, one there on the server. */
export interface Cell {
  readonly number: number;
  readonly kind: Kind;
  readonly here: Operation;
  readonly there: Operation;
  readonly parent: ParentOperation;
}

/** All 1,152 of them. */
export const cells: readonly Cell[] = (['file', 'folder'] as const)
  .flatMap((kind) => parentOperations.map((parent) => ({ kind, parent })))
  .flatMap((base) => operations.map((here) => ({ ...base, here })))
  .flatMap((base) => operations.map((there) => ({ ...base, there })))
  .map((cell, number) => ({ ...cell, number }));

export const titleOf = ({ number, kind, here, there, parent }: Cell): string =>
  `#${number} ${kind}: ${here} here, ${there} there${parent === 'none' ? '' : `, its folder: ${parent}`}`;

/** The folder that a cell has to itself. */
export const folderOf = ({ number }: Cell): string => `cell-${String(number).padStart(4, '0')}`;

/** Contents of one length, so that size alone never tells a change; each cell has its own. */
export const textOf = (cell: Cell, what: 'origin' | 'mine' | 'theirs' | 'same' | 'inside here' | 'inside there'): string =>
  `${folderOf(cell)} ${what.padEnd(12)}`;

/** The name of the thing, and what it is called after renaming. */
export const itemName = (kind: Kind, which: 'base' | 'here' | 'there' | 'case-here' | 'case-there' = 'base'): string => {
  const stem = { base: 'item', here: 'item-h', there: 'item-t', 'case-here': 'ITEM', 'case-there': 'Item' }[which];
  return kind === 'file' ? `${stem}.txt` : stem;
};

/** A sample that is the same for the same seed (a multiplicative generator; no clock, no randomness). */
export function sampleOf<T>(all: readonly T[], count: number, seed: number): T[] {
  const rest = [...all];
  const taken: T[] = [];
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  while (taken.length < count && rest.length > 0) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    taken.push(...rest.splice(state % rest.length, 1));
  }
  return taken;
}
