import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { inRoot } from '../../build/paths.ts';
import { playSeeds, report } from '../sim/shrink.ts';

const usualCount = 200_000;
const portion = 250;
/** So many failures are shown; a world that is wrong all the time needs no more. */
const mostShown = 5;

interface Told {
  readonly played: number;
  readonly happened: number;
  readonly broken: readonly number[];
}

/** A worker plays the seeds that it is told, and tells which broke a promise. */
async function work(): Promise<void> {
  process.on('message', ({ from, count }: { from: number; count: number }) => {
    let happened = 0;
    void playSeeds(from, count, (_seed, outcome) => (happened += outcome.happened)).then((broken) => {
      process.send?.({ played: count, happened, broken } satisfies Told);
    });
  });
  await new Promise((resolve) => void process.once('disconnect', () => resolve(undefined)));
}

/** Plays seeds in some processes at once. */
async function playAll(seed: number, count: number, workers: number): Promise<Told> {
  let next = seed;
  const all = { played: 0, happened: 0, broken: [] as number[] };
  const startedAt = performance.now();
  const lane = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(inRoot('test', 'soak', 'run.ts'), ['sim', '--worker']);
      const give = (): void => {
        if (next >= seed + count) return child.disconnect();
        const size = Math.min(portion, seed + count - next);
        child.send({ from: next, count: size });
        next += size;
      };
      child.on('message', ({ played, happened, broken }: Told) => {
        all.played += played;
        all.happened += happened;
        all.broken.push(...broken);
        if (all.played % 5_000 < portion || broken.length > 0) {
          const seconds = (performance.now() - startedAt) / 1_000;
          console.log(
            `${all.played} of ${count} worlds, ${(all.played / seconds).toFixed(0)} a second, ${all.broken.length} broken: ${broken.join(' ')}`,
          );
        }
        give();
      });
      child.on('error', reject);
      child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`A worker ended with ${code}`))));
      give();
    });
  await Promise.all(Array.from({ length: workers }, lane));
  return all;
}

/** `npm run soak -- sim [--seed N] [--count N] [--workers N]`: worlds of computers, servers, people and faults; see test/sim. */
export async function soakSim(args: readonly string[]): Promise<void> {
  const number = { type: 'string' } as const;
  const options = { seed: number, count: number, workers: number, worker: { type: 'boolean' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  if (values.worker === true) return work();
  const seed = Number(values.seed ?? 1);
  const { played, happened, broken } = await playAll(seed, Number(values.count ?? usualCount), Number(values.workers ?? 2));
  console.log(`${played} worlds from seed ${seed}, ${happened} happenings, ${broken.length} broken`);
  for (const one of broken.toSorted((a, b) => a - b).slice(0, mostShown)) console.log(await report(one));
  if (broken.length > 0) process.exitCode = 1;
}
