import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { inRoot } from '../../build/paths.ts';
import { crashRounds } from '../support/crash-rounds.ts';

/** What was tried is written down line by line: a run that was broken off goes on where it was. */
const notes = inRoot('.cache', 'soak-crashes.jsonl');
const Tried = z.object({ at: z.number(), problems: z.array(z.string()) });

/** What an earlier run has tried. A line that was not written to its end does not count. */
function triedBefore(): Map<number, readonly string[]> {
  if (!existsSync(notes)) return new Map();
  const lines = readFileSync(notes, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'));
  return new Map(lines.map((line) => Tried.parse(JSON.parse(line))).map(({ at, problems }) => [at, problems]));
}

/**
 * Kills the server at every step of a round of work, one after the other, in as many worlds side by side as there are processors. Throws where
 * the check finds anything afterwards; what was tried by then is not tried again.
 */
export async function soakCrashes(say: (line: string) => void): Promise<void> {
  const startedAt = performance.now();
  const width = Math.max(2, os.availableParallelism());
  const tried = triedBefore();
  if (tried.size > 0) say(`goes on after ${tried.size} steps`);
  mkdirSync(path.dirname(notes), { recursive: true });
  /** Steps that nobody has taken yet. What the server does by itself meanwhile counts too, so one world has a few more of them than another. */
  const open: number[] = [];
  let steps = 0;
  const counted = (count: number): void => {
    for (let at = steps + 1; at <= count; at += 1) if (!tried.has(at)) open.push(at);
    steps = Math.max(steps, count);
  };
  const take = function* (): Generator<number> {
    for (let at = open.shift(); at !== undefined; at = open.shift()) yield at;
  };
  const note = (at: number, problems: readonly string[]): void => {
    tried.set(at, problems);
    appendFileSync(notes, `${JSON.stringify({ at, problems })}\n`);
    if (tried.size % 20 === 0) say(`${tried.size} of ${steps} steps, ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
  };
  const world = () =>
    crashRounds((count) => {
      counted(count);
      return take();
    }, note);
  const reports = await Promise.all(Array.from({ length: width }, world));
  const problems = new Set([...[...tried.values()].flat(), ...reports.flatMap((report) => report.problems)]);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  say(`${tried.size} crashes at ${steps} steps in ${seconds} s: ${problems.size} problems`);
  if (problems.size > 0) throw new Error(`Does not hold:\n${[...problems].join('\n')}`);
  rmSync(notes);
}
