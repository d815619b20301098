import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Services } from '../context.ts';
import { findFence, type Fence } from './fence.ts';
import { startJobProcess, type JobProcess, type ProcessPlace } from './job-process.ts';
import { usualLimits, type Job, type JobLimits, type JobOutcome, type JobTicket, type ProgramJob, type Sandbox } from './job.ts';
import { runProgram } from './program.ts';
import { isSlow, Turns, type Waiting } from './turns.ts';

/** Processes at once. */
const mostAtOnce = 2;
/** More than this wait for nobody's good. */
const mostWaiting = 2_000;
/** A process that had nothing to do for so long is ended, in milliseconds. */
const idleMs = 15_000;
/** A process is renewed after so many jobs: libraries leak. */
const mostJobs = 200;

interface Place {
  process: JobProcess | null;
  jobs: number;
  busy: boolean;
  stopIdle: () => void;
}
type Work = (place: Place) => Promise<void>;

/** Makes the sandbox. Its files lie in `folder`, which is emptied first. Processes are started when there is something to do. */
export function makeSandbox({ clock, log }: Pick<Services, 'clock' | 'log'>, folder: string): Sandbox {
  const places: Place[] = Array.from({ length: mostAtOnce }, () => ({
    process: null,
    jobs: 0,
    busy: false,
    stopIdle: () => undefined,
  }));
  const turns = new Turns<Work>();
  let slowRunning = 0;
  let made = 0;
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  let ready: Promise<Fence> | null = null;

  const prepare = async (): Promise<Fence> => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const fence = await findFence();
    if (fence.strength !== 'files') {
      log.warn({ fence: fence.strength }, 'Previews are made without a fence around files: install bubblewrap where the system has it');
    }
    return fence;
  };
  const newPlace = async (): Promise<ProcessPlace> => {
    ready ??= prepare();
    made += 1;
    return { fence: await ready, folder: path.join(folder, `job-${made}`), clock, log };
  };

  const empty = async (place: Place): Promise<void> => {
    place.stopIdle();
    const { process } = place;
    place.process = null;
    place.jobs = 0;
    await process?.end();
  };

  /** Gives free places to whoever waits. Every end of a job and every new one calls it. */
  const goOn = (): void => {
    for (;;) {
      const free = places.filter(({ busy }) => !busy);
      if (free.length === 0 || closing.signal.aborted) return;
      const waiting = turns.next(slowRunning === 0);
      if (waiting === undefined) return;
      const { tenantId } = waiting.ticket;
      const place = free.find(({ process }) => process?.tenantId === tenantId) ?? free.find(({ process }) => process === null) ?? free[0]!;
      const work = take(place, waiting).finally(() => running.delete(work));
      running.add(work);
    }
  };

  const take = async (place: Place, { ticket, work }: Waiting<Work>): Promise<void> => {
    place.busy = true;
    place.stopIdle();
    if (isSlow(ticket)) slowRunning += 1;
    try {
      await work(place);
    } finally {
      if (isSlow(ticket)) slowRunning -= 1;
      place.busy = false;
      place.stopIdle = clock.after(idleMs, () => void empty(place));
      goOn();
    }
  };

  /** Waits for a place and works there. */
  const inTurn = <T>(ticket: JobTicket, work: (place: Place) => Promise<JobOutcome<T>>): Promise<JobOutcome<T>> =>
    new Promise((resolve, reject) => {
      const { signal } = ticket;
      if (signal?.aborted === true) return resolve({ kind: 'failed', reason: 'cancelled' });
      if (turns.size >= mostWaiting) return resolve({ kind: 'failed', reason: 'overloaded' });
      const waiting: Waiting<Work> = {
        ticket,
        work: async (place) => {
          signal?.removeEventListener('abort', giveUp);
          await work(place).then(resolve, reject);
        },
      };
      const giveUp = (): void => {
        if (turns.remove(waiting)) resolve({ kind: 'failed', reason: 'cancelled' });
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      turns.add(waiting);
      goOn();
    });

  /** Nobody waits for anything once the server ends. */
  const withClosing = <J extends JobTicket>(job: J): J => ({
    ...job,
    signal: job.signal === undefined ? closing.signal : AbortSignal.any([job.signal, closing.signal]),
  });
  const limitsOf = (limits: Partial<JobLimits> | undefined): JobLimits => ({ ...usualLimits, ...limits });

  const runIn = async (place: Place, job: Job, limits: JobLimits): Promise<JobOutcome> => {
    // A process may have been ended from outside in the middle of its job; the second time it is the file.
    for (const isLast of [false, true]) {
      if (place.process !== null && (place.process.tenantId !== job.tenantId || place.jobs >= mostJobs)) await empty(place);
      place.process ??= await startJobProcess(job.tenantId, await newPlace());
      place.jobs += 1;
      const outcome = await place.process.run(job, limits).catch(async (error: unknown) => {
        await empty(place);
        throw error;
      });
      if (outcome.kind === 'done') return outcome;
      // What a broken file left behind in a process is nobody's to meet.
      await empty(place);
      if (outcome.kind === 'failed') return outcome;
      if (isLast) break;
    }
    return { kind: 'failed', reason: 'damaged' };
  };

  return {
    run: async <T>(job: Job) => {
      const limits = limitsOf(job.limits);
      if (job.input.sizeBytes > limits.inputBytes) return { kind: 'failed', reason: 'too_large' };
      const own = withClosing(job);
      return inTurn(own, (place) => runIn(place, own, limits) as Promise<JobOutcome<T>>);
    },
    runProgram: async (job: ProgramJob) => {
      const limits = limitsOf(job.limits);
      if (job.input.sizeBytes > limits.inputBytes) return { kind: 'failed', reason: 'too_large' };
      const own = withClosing(job);
      return inTurn(own, async () => runProgram(own, limits, await newPlace()));
    },
    close: async () => {
      closing.abort();
      await Promise.allSettled(running);
      await Promise.all(places.map(empty));
      if (ready !== null) {
        await ready;
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
