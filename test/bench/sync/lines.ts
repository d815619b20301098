import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { percentile } from '../start/processes.ts';
import type { Pair } from './pair.ts';

/** How much is synced. */
export interface Sizes {
  /** Small files of 1 to 16 KiB, 8 KiB on average, and how many of those a large tree has (0: leave that out). */
  readonly files: number;
  readonly many: number;
  readonly largeMiB: number;
  readonly saves: number;
  readonly idleSeconds: number;
}

/** Takes one time of one line. */
export type Note = (line: string, unit: 'ms' | '%' | 'MiB', value: number) => void;
export const lineGroups = ['small', 'large', 'save', 'idle', 'many'] as const;
export type LineGroup = (typeof lineGroups)[number];

const folderCount = 100;

/** Files of 1 to 16 KiB in 100 folders; new bytes every time, so that nothing is known from before. */
export function makeSmallFiles(folder: string, count: number): void {
  let state = 42;
  const next = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff);
  for (let index = 0; index < count; index += 1) {
    const place = path.join(folder, `folder-${index % folderCount}`);
    if (index < folderCount) mkdirSync(place, { recursive: true });
    writeFileSync(path.join(place, `file-${index}.bin`), randomBytes(1_024 + (next() % 14_700)));
  }
}

const megabyte = 1024 * 1024;

function makeLargeFile(place: string, sizeMiB: number): void {
  for (let done = 0; done < sizeMiB; done += 16) appendFileSync(place, randomBytes(Math.min(16, sizeMiB - done) * megabyte));
}

/** Small files: up, nothing, down, and their folder renamed. */
async function smallLines(pair: Pair, work: string, count: number, note: Note): Promise<void> {
  const prepared = path.join(work, 'prepared');
  makeSmallFiles(prepared, count);
  const place = path.join(pair.near, 'small');
  note(`first upload of ${count} small files`, 'ms', await pair.up(() => renameSync(prepared, place), { files: count, moves: 0 }));
  const memory = pair.memoryMiB();
  if (memory !== null) note(`largest memory after the first upload of ${count} small files`, 'MiB', memory);
  note(`nothing to do, ${count} files`, 'ms', await pair.noop());
  const down = await pair.down(count);
  if (!Number.isNaN(down)) note(`first download of ${count} small files`, 'ms', down);
  const renamed = path.join(pair.near, 'renamed');
  note(`a folder with ${count} files renamed`, 'ms', await pair.up(() => renameSync(place, renamed), { files: 0, moves: 1 }));
}

/** A large file: up, down, a little changed in its middle, and something put before it. */
async function largeLines(pair: Pair, work: string, sizeMiB: number, note: Note): Promise<void> {
  const prepared = path.join(work, 'prepared.bin');
  makeLargeFile(prepared, sizeMiB);
  const place = path.join(pair.near, 'large.bin');
  const one = { files: 1, moves: 0 };
  note(`a file of ${sizeMiB} MiB, up`, 'ms', await pair.up(() => renameSync(prepared, place), one));
  const memory = pair.memoryMiB();
  if (memory !== null) note(`largest memory after a file of ${sizeMiB} MiB, up`, 'MiB', memory);
  const down = await pair.down(1);
  if (!Number.isNaN(down)) note(`a file of ${sizeMiB} MiB, down`, 'ms', down);
  const edit = (): void => {
    const descriptor = openSync(place, 'r+');
    writeSync(descriptor, randomBytes(4096), 0, 4096, Math.floor(statSync(place).size / 2));
    closeSync(descriptor);
  };
  note(`4 KiB edited in ${sizeMiB} MiB`, 'ms', await pair.up(edit, one));
  const longer = path.join(work, 'longer.bin');
  writeFileSync(longer, randomBytes(megabyte));
  appendFileSync(longer, readFileSync(place));
  const replace = (): void => renameSync(longer, place);
  const sent = pair.sentMiB();
  note(`1 MiB put before ${sizeMiB} MiB`, 'ms', await pair.up(replace, one));
  if (sent !== null) note(`content sent for 1 MiB put before ${sizeMiB} MiB`, 'MiB', (pair.sentMiB() ?? 0) - sent);
}

async function saveLines(pair: Pair, count: number, note: Note): Promise<void> {
  const times = await pair.saves(count);
  if (times === null) return;
  note('saved here until on another disk, p50', 'ms', percentile(times, 0.5));
  note('saved here until on another disk, p95', 'ms', percentile(times, 0.95));
}

async function idleLines(pair: Pair, sizes: Sizes, files: number, note: Note): Promise<void> {
  const found = await pair.idle(sizes.idleSeconds);
  if (found === null) return;
  note(`at rest with ${files} files, processor`, '%', found.cpuPercent);
  note(`at rest with ${files} files, memory`, 'MiB', found.memoryMiB);
}

/** What one contestant does in one round, with new files. */
export async function runLines(pair: Pair, work: string, groups: ReadonlySet<LineGroup>, sizes: Sizes, note: Note): Promise<void> {
  if (groups.has('large')) await largeLines(pair, work, sizes.largeMiB, note);
  if (groups.has('small')) await smallLines(pair, work, sizes.files, note);
  if (groups.has('save')) await saveLines(pair, sizes.saves, note);
  if (groups.has('many') && sizes.many > 0) {
    const prepared = path.join(work, 'many');
    makeSmallFiles(prepared, sizes.many);
    await pair.up(() => renameSync(prepared, path.join(pair.near, 'many')), { files: sizes.many, moves: 0 });
    note(`nothing to do, ${sizes.many} files`, 'ms', await pair.noop());
  }
  if (groups.has('idle')) {
    const files = groups.has('many') && sizes.many > 0 ? sizes.many : groups.has('small') ? sizes.files : 0;
    await idleLines(pair, sizes, files, note);
  }
}

export const removeAll = (folder: string): void => rmSync(folder, { recursive: true, force: true });
