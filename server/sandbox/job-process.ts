import { spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '#shared/base/clock.ts';
import type { Log } from '../context.ts';
import type { Fence } from './fence.ts';
import { replyReader, type ChildRequest, type Reply } from './frames.ts';
import { JobFailure, type Job, type JobFailureReason, type JobLimits, type JobOutcome } from './job.ts';
import { killGroup, ownGroup } from './groups.ts';
import { writeInput } from './input.ts';
import { firstOutput } from './output.ts';
import { watchProcess } from './watch.ts';

const mebibyte = 1_048_576;
const root = path.resolve(import.meta.dirname, '..', '..');
/** Programs and libraries, no data: the server keeps those in a folder of their own. */
const codeFolders = ['node_modules', 'server', 'shared', 'package.json'].map((name) => path.join(root, name));

/** `lost`: the process ended by itself in the middle of the job, which says little about the file. */
export type ProcessOutcome = JobOutcome | { readonly kind: 'lost' };

/** One child process that runs jobs of one tenant, one at a time. What takes it over can reach nothing of another tenant. */
export interface JobProcess {
  readonly tenantId: string;
  readonly pid: number;
  run(job: Job, limits: JobLimits): Promise<ProcessOutcome>;
  /** Kills it and removes its files. */
  end(): Promise<void>;
}

export interface ProcessPlace {
  readonly fence: Fence;
  /** Made and removed by the process. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Starts a process that may read its input, our code and the system's libraries; it has no network, and may start no other. */
export async function startJobProcess(tenantId: string, { fence, folder, clock, log }: ProcessPlace): Promise<JobProcess> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const node = process.execPath;
  const readable = [...codeFolders, folder];
  const flags = ['--permission', '--allow-addons', ...readable.map((place) => `--allow-fs-read=${place}`), '--max-old-space-size=512'];
  const command = fence.wrap([node, ...flags, path.join(import.meta.dirname, 'child.ts')], {
    readable: [...readable, path.dirname(node)],
    writable: [],
    cpuSeconds: 600,
    dataBytes: 2_048 * mebibyte,
    fileBytes: mebibyte,
  });
  const child = spawn(command[0]!, command.slice(1), {
    ...ownGroup,
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8', NODE_NO_WARNINGS: '1', UV_THREADPOOL_SIZE: '2' },
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
  });
  const stdin = child.stdin as Writable;
  const replies = child.stdio[3] as Readable;
  const said = firstOutput(child.stderr as Readable);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // It may be gone at any time; what that means is decided by whoever waits for its reply.
  stdin.on('error', () => undefined);
  replies.on('error', () => undefined);

  /** Null when it ended without one, the reason when it answered too much or nonsense. */
  const reply = (limits: JobLimits): Promise<Reply | JobFailureReason | null> =>
    new Promise((resolve) => {
      const read = replyReader(limits.outputBytes);
      const done = (answer: Reply | JobFailureReason | null): void => {
        replies.off('data', take);
        resolve(answer);
      };
      const take = (piece: Buffer): void => {
        try {
          const answer = read(piece);
          if (answer !== null) done(answer);
        } catch (error) {
          log.warn({ error }, 'A sandbox process answered nonsense');
          killGroup(child);
          done(error instanceof JobFailure ? error.reason : 'damaged');
        }
      };
      replies.on('data', take);
      void exited.then(() => done(null));
    });

  return {
    tenantId,
    pid: child.pid ?? 0,
    run: async (job, limits) => {
      const input = path.join(folder, 'input');
      await writeInput(job.input, input);
      const watch = watchProcess(child, limits, { clock, signal: job.signal });
      try {
        const answered = reply(limits);
        const request: ChildRequest = { module: job.module.href, input, options: job.options };
        stdin.write(`${JSON.stringify(request)}\n`);
        const answer = await answered;
        if (answer === null) {
          const reason = watch.ended();
          if (reason !== null) return { kind: 'failed', reason };
          log.warn({ said: said() }, 'A sandbox process ended in the middle of its job');
          return /heap out of memory|bad_alloc|Cannot allocate/.test(said()) ? { kind: 'failed', reason: 'too_large' } : { kind: 'lost' };
        }
        if (typeof answer === 'string') return { kind: 'failed', reason: answer };
        const { head, files } = answer;
        return head.kind === 'failed' ? { kind: 'failed', reason: head.reason } : { kind: 'done', value: head.value, files };
      } finally {
        watch.stop();
        await rm(input, { force: true });
      }
    },
    end: async () => {
      killGroup(child);
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
