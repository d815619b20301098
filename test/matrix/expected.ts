import { textOf, type Cell } from './cells.ts';
import { baseTree, pathsOf, treeHere, treeThere, usualVolume, type Thing, type Tree, type VolumeTraits } from './trees.ts';

/** The verbs that the server is asked with. */
export type Verb = 'create_folder' | 'create_file' | 'update_content' | 'move' | 'delete';

/** What must be so on the disk and on the server at rest, and what it may have cost. */
export interface Outcome {
  /** Paths below the cell's folder, with contents. A conflict copy is called `… (conflict)…`. */
  readonly tree: Record<string, string>;
  readonly copies: number;
  readonly verbs: Partial<Record<Verb, number>>;
  /** Contents that went up, and that came down: a move that becomes an upload shows here. */
  readonly sent: number;
  readonly fetched: number;
}

const samePlace = (a: Thing, b: Thing): boolean => a.parent === b.parent && a.name === b.name;

/**
 * The outcome of a cell by the rules of docs/sync.md, written for these five-node trees alone. It knows nothing of the planner: it
 * looks at what both did and says at once how all ends, where the planner finds its way there step by step.
 */
export function expectedOutcome(cell: Cell, volume: VolumeTraits = usualVolume): Outcome {
  const [base, here, there] = [baseTree(cell), treeHere(cell, volume), treeThere(cell)];
  const end: Tree = new Map();
  const verbs: Partial<Record<Verb, number>> = {};
  const ask = (verb: Verb): void => void (verbs[verb] = (verbs[verb] ?? 0) + 1);
  let copies = 0;

  // Rule 1 (M1): what is gone on one side goes on the other, unless it was changed or moved there, came along with a folder that was, or holds something that stays.
  const other = (side: Tree): Tree => (side === here ? there : here);
  const moved = (side: Tree, id: string): boolean => {
    const [now, was] = [side.get(id), base.get(id)];
    return now !== undefined && was !== undefined && !samePlace(now, was);
  };
  const stays = (side: Tree, id: string): boolean => {
    const now = side.get(id);
    if (now === undefined || other(side).has(id)) return false;
    const was = base.get(id);
    const wentAlong = !other(side).has(now.parent!) && moved(side, now.parent!);
    return was === undefined || now.text !== was.text || moved(side, id) || wentAlong || holdsOne(side, id);
  };
  const holdsOne = (side: Tree, id: string): boolean => [...side].some(([child, { parent }]) => parent === id && stays(side, child));

  for (const id of new Set([...base.keys(), ...here.keys(), ...there.keys()])) {
    const [h, t, b] = [here.get(id), there.get(id), base.get(id)];
    if (h !== undefined && t !== undefined) {
      // Rule 2 (M4): the server's place wins; who moved only here moves there. Rule 3: the same for content, with a copy where both differ.
      const place = moved(there, id) ? t : h;
      if (!samePlace(place, t)) ask('move');
      const isNew = (side: Thing): boolean => side.text !== b?.text;
      if (isNew(h) && isNew(t) && h.text !== t.text) {
        end.set(id, { ...place, text: t.text });
        end.set(`${id} copy`, { ...place, name: conflicted(place.name), text: h.text });
        copies += 1;
        ask('create_file');
      } else {
        end.set(id, { ...place, text: isNew(t) ? t.text : h.text });
        if (isNew(h) && !isNew(t)) ask('update_content');
      }
    } else if (h !== undefined) {
      if (!stays(here, id)) continue;
      // Rule 4: it comes back under a new id, or is new.
      end.set(id, h);
      ask(h.text === null ? 'create_folder' : 'create_file');
    } else if (t !== undefined) {
      if (stays(there, id)) end.set(id, t);
      // Rule 5 (E3): a folder goes as one thing.
      else if (here.has(t.parent!) || stays(there, t.parent!)) ask('delete');
    }
  }

  // Rule 6: two things with one name. Folders become one; equal files too; of differing files the one here becomes a copy; else it gets a number.
  const name = (id: string): string => `${end.get(id)!.parent}/${end.get(id)!.name.toLowerCase()}`;
  for (const [mine, thing] of [...end]) {
    if (there.has(mine) || mine.endsWith(' copy')) continue;
    const theirs = [...end.keys()].find((id) => id !== mine && there.has(id) && name(id) === name(mine));
    if (theirs === undefined) continue;
    const occupant = end.get(theirs)!;
    if (!here.has(theirs) && (thing.text === null) === (occupant.text === null)) {
      verbs[thing.text === null ? 'create_folder' : 'create_file']! -= 1;
      end.delete(mine);
      for (const [child, { parent, ...rest }] of [...end]) if (parent === mine) end.set(child, { ...rest, parent: theirs });
      if (thing.text === occupant.text) continue;
      end.set(`${mine} copy`, { ...occupant, name: conflicted(occupant.name), text: thing.text });
      copies += 1;
      ask('create_file');
    } else end.set(mine, { ...thing, name: numbered(thing.name) });
  }

  const known = new Set([textOf(cell, 'origin'), ...textsOf(treeThere({ ...cell, parent: 'none' }))]);
  const present = new Set(textsOf(here));
  const ended = new Set(textsOf(end));
  return {
    tree: pathsOf(end),
    copies,
    verbs: Object.fromEntries(Object.entries(verbs).filter(([, count]) => count > 0)),
    sent: [...ended].filter((text) => !known.has(text)).length,
    fetched: [...ended].filter((text) => !present.has(text)).length,
  };
}

const textsOf = (tree: Tree): string[] => [...tree.values()].flatMap(({ text }) => text ?? []);
const tagged = (name: string, tag: string): string => {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? `${name.slice(0, dot)}${tag}${name.slice(dot)}` : `${name}${tag}`;
};
const conflicted = (name: string): string => tagged(name, ' (conflict)');
const numbered = (name: string): string => tagged(name, ' (2)');
/** What a copy's name says of device and time is left out of comparisons. */
export const plainName = (path: string): string => path.replaceAll(/ \(conflict [^()]*\)/g, ' (conflict)');
