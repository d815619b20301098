import { mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { median } from '../start/processes.ts';
import type { Figure } from '../start/run.ts';
import { lineGroups, removeAll, runLines, type LineGroup, type Sizes } from './lines.ts';
import { contestants } from './peers.ts';
import type { Contestant } from './pair.ts';

export const syncUsage = `npm run bench -- sync [--files 10000] [--many 100000] [--large 512] [--saves 40] [--idle 20]
  [--lines ${lineGroups.join(',')}] [--with NAME,…] [--trips 0,30] [--rounds 3]
  --with takes beginnings of names (hikyaku, rclone, unison, syncthing, rsync, cp); --trips are round trips in milliseconds.`;

interface Options {
  readonly sizes: Sizes;
  readonly groups: ReadonlySet<LineGroup>;
  readonly chosen: readonly Contestant[];
  readonly trips: readonly number[];
  readonly rounds: number;
}

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      files: { type: 'string', default: '10000' },
      many: { type: 'string', default: '100000' },
      large: { type: 'string', default: '512' },
      saves: { type: 'string', default: '40' },
      idle: { type: 'string', default: '20' },
      lines: { type: 'string', default: lineGroups.join(',') },
      with: { type: 'string', default: '' },
      trips: { type: 'string', default: '0,30' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const groups = new Set(values.lines.split(',').filter((name): name is LineGroup => (lineGroups as readonly string[]).includes(name)));
  const names = values.with.toLowerCase().split(',');
  return {
    sizes: {
      files: Number(values.files),
      many: Number(values.many),
      largeMiB: Number(values.large),
      saves: Number(values.saves),
      idleSeconds: Number(values.idle),
    },
    groups,
    chosen: contestants.filter(({ name, isThere }) => names.some((wanted) => name.toLowerCase().startsWith(wanted)) && isThere()),
    trips: values.trips.split(',').map(Number),
    rounds: Number(values.rounds),
  };
}

interface Row {
  readonly line: string;
  readonly unit: Figure['unit'];
  readonly name: string;
  readonly role: Contestant['role'];
  readonly values: number[];
}

/** Everybody does every line, one after the other in turn, `rounds` times; medians beside each other. */
export async function syncFigures(args: readonly string[]): Promise<Figure[]> {
  const { sizes, groups, chosen, trips, rounds } = readOptions(args);
  const rows = new Map<string, Row>();
  for (const roundTripMs of trips) {
    for (let round = 0; round < rounds; round += 1) {
      for (const contestant of chosen) {
        if (roundTripMs > 0 && !contestant.overSocket) continue;
        // What takes minutes and hardly varies is done once, by everybody who can be waited for.
        const wanted = new Set([...groups].filter((group) => group !== 'many' || (round === 0 && roundTripMs === 0)));
        const work = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-bench-'));
        const { name, role } = contestant;
        console.error(`${roundTripMs} ms, round ${round + 1}: ${name}`);
        try {
          mkdirSync(path.join(work, 'pair'));
          const pair = await contestant.open(path.join(work, 'pair'), roundTripMs);
          try {
            await runLines(pair, work, wanted, sizes, (line, unit, value) => {
              const title = `${roundTripMs} ms: ${line}`;
              const row = rows.get(`${title}\n${name}`) ?? { line: title, unit, name, role, values: [] };
              rows.set(`${title}\n${name}`, row);
              row.values.push(value);
              console.error(`  ${line}: ${Math.round(value * 10) / 10} ${unit}`);
            });
          } finally {
            await pair.close();
          }
        } catch (error) {
          console.error(`  ${name} broke off: ${String(error)}`);
          // The others are still worth seeing.
          if (role === 'own') process.exitCode = 1;
        } finally {
          removeAll(work);
        }
      }
    }
  }
  return figuresOf([...rows.values()]);
}

/** By line, ours first, with the bound that it is held against: the best peer, a fifth of it on small files over a long way, twice a limit on large files. */
function figuresOf(rows: readonly Row[]): Figure[] {
  const lines = [...new Set(rows.map(({ line }) => line))];
  return lines.flatMap((line) => {
    const of = rows.filter((row) => row.line === line);
    const best = (role: Contestant['role']): number =>
      Math.min(...of.filter((row) => row.role === role).map(({ values }) => median(values)));
    const isLong = !line.startsWith('0 ms');
    const isSmall = line.includes('small files') || line.includes('nothing to do');
    const peer = best('peer') / (isLong && isSmall ? 5 : 1);
    const limit = line.includes('MiB,') || line.includes(' in ') || line.includes('before') ? best('limit') * 2 : Infinity;
    const bound = Math.min(peer, limit);
    return of.map(({ unit, name, role, values }): Figure => ({
      name: `${line}: ${name}`,
      unit,
      value: median(values),
      bound: role === 'own' && Number.isFinite(bound) ? bound : null,
    }));
  });
}
