import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { inRoot } from '../../build/paths.ts';
import { crashRounds } from '../support/crash-rounds.ts';

/** What was tried is written down line by line: a run that was broken off goes on where it was. */
const notes = inRoot('.cache', 'soak-crashes.jsonl');
const Tried = z.object({ at: z.number(), problems: z.array(z.string()) });
const Head = z.object({ steps: z.number() });

/** What an earlier run has tried, where its rounds had as many steps. */
function triedBefore(steps: number): Map<number, readonly string[]> {
  const tried = new Map<number, readonly string[]>();
  if (!existsSync(notes)) return tried;
  const [head, ...lines] = readFileSync(notes, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line): unknown => JSON.parse(line));
  if (Head.safeParse(head).data?.steps !== steps) return tried;
  for (const line of lines) {
    const { at, problems } = Tried.parse(line);
    tried.set(at, problems);
  }
  return tried;
}

/**
 * Kills the server at every step of a round of work, one after the other, in as many worlds side by side as there are processors. Throws where
 * the check finds anything afterwards; what was tried by then is not tried again.
 */
export async function soakCrashes(say: (line: string) => void): Promise<void> {
  const startedAt = performance.now();
  const width = Math.max(2, os.availableParallelism());
  let tried: Map<number, readonly string[]> | null = null;
  let steps = 0;
  /** Steps that nobody has taken yet; known as soon as the first world has counted them. */
  const open: number[] = [];
  const begin = (count: number): Map<number, readonly string[]> => {
    steps = Math.max(steps, count);
    if (tried !== null) return tried;
    tried = triedBefore(steps);
    if (tried.size > 0) say(`goes on after ${tried.size} of ${steps} steps`);
    else {
      mkdirSync(path.dirname(notes), { recursive: true });
      writeFileSync(notes, `${JSON.stringify({ steps })}\n`);
    }
    for (let at = 1; at <= steps; at += 1) if (!tried.has(at)) open.push(at);
    return tried;
  };
  const take = function* (): Generator<number> {
    for (let at = open.shift(); at !== undefined; at = open.shift()) yield at;
  };
  const note = (at: number, problems: readonly string[]): void => {
    tried!.set(at, problems);
    appendFileSync(notes, `${JSON.stringify({ at, problems })}\n`);
    if (tried!.size % 20 === 0) say(`${tried!.size} of ${steps} steps, ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
  };
  const world = () =>
    crashRounds((count) => {
      begin(count);
      return take();
    }, note);
  const reports = await Promise.all(Array.from({ length: width }, world));
  const problems = new Set([...[...tried!.values()].flat(), ...reports.flatMap((report) => report.problems)]);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  say(`${tried!.size} crashes at ${steps} steps in ${seconds} s: ${problems.size} problems`);
  if (problems.size > 0) throw new Error(`Does not hold:\n${[...problems].join('\n')}`);
  rmSync(notes);
}
