import type { Content } from '#shared/model/drive.ts';
import { folderOf, textOf, type Cell } from './cells.ts';
import { expectedOutcome, type Verb } from './expected.ts';
import { actHere, actThere, layOut, textsBrought } from './hands.ts';
import { judge, sha256 } from './judge.ts';
import { newId, Stage, type Mishap } from './stage.ts';

const allTexts = (cell: Cell): string[] =>
  (['origin', 'mine', 'theirs', 'same', 'inside here', 'inside there'] as const).map((what) => textOf(cell, what));

export const contentOf = (text: string): Content => ({
  contentHash: sha256(text),
  sizeBytes: Buffer.byteLength(text),
  chunks: null,
  modifiedAt: 1_600_000_000_000,
  executable: false,
});

/** Brings a cell to the moment when both people have acted and the program is off. */
export async function prepareCell(cell: Cell, seed: number): Promise<Stage> {
  const stage = new Stage(seed, allTexts(cell));
  const top = `${stage.top}/${folderOf(cell)}`;
  layOut(stage.files, top, cell);
  await stage.agree();
  actHere(stage.files, top, cell, 1_500_000_000);
  stage.actThere(textsBrought(cell), actThere(cell, stage.trees.get(folderOf(cell))!, { newId, contentOf }));
  return stage;
}

/** Plays a cell; without mishaps everything asked of the server is counted, with them what was committed there. */
export async function playCell(cell: Cell, seed: number, mishaps: readonly Mishap[]): Promise<{ problems: string[]; stage: Stage }> {
  const stage = await prepareCell(cell, seed);
  const broken = await stage.play(mishaps);
  const expected = expectedOutcome(cell);
  const counted = mishaps.length === 0;
  const problems = [...broken, ...judge(cell, expected, stage.ended(folderOf(cell), counted))];
  if (!counted) problems.push(...committedTwice(stage, expected.verbs));
  return { problems: problems.map((problem) => `${problem} ${JSON.stringify(mishaps)} seed ${seed}`), stage };
}

/** T12, E4: whatever happens in between, nothing is committed more often than the outcome needs. */
function committedTwice(stage: Stage, verbs: Partial<Record<Verb, number>>): string[] {
  const counts: Record<string, number> = {};
  for (const { kind } of stage.commits) counts[kind] = (counts[kind] ?? 0) + 1;
  return (['create_file', 'update_content', 'create_folder'] as const)
    .filter((verb) => (counts[verb] ?? 0) > (verbs[verb] ?? 0))
    .map((verb) => `${verb} was committed ${counts[verb]} times instead of ${verbs[verb] ?? 0}`);
}
