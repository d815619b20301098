import { Worker } from 'node:worker_threads';
import { AppError, isErrorCode } from '#shared/base/errors.ts';
import type { Services } from '../context.ts';
import type { SearchIndexer } from '../search/indexer.ts';
import type { FromSearchThread, SearchThreadOptions, ToSearchThread } from './search-messages.ts';
import type { Answer, Asked, SearchContext } from './search.ts';

const mostMegabytes = 512;

/** Searches that no other request waits for: they are done in a thread of their own, which is started with the first one. */
export interface SearchThread {
  /** DRV-16; see `searchDrive`. Throws `unavailable` where the thread ended meanwhile: the next search starts another one. */
  search(context: SearchContext, asked: Asked): Promise<Answer>;
  close(): Promise<void>;
}

interface Open {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export function makeSearchThread(
  { place, clock, log }: Pick<Services, 'place' | 'clock' | 'log'>,
  indexer: Pick<SearchIndexer, 'catchUp'>,
): SearchThread {
  const open = new Map<number, Open>();
  let worker: Worker | null = null;
  let last = 0;
  let closed = false;

  const lost = (which: Worker, cause: unknown): void => {
    if (worker !== which) return;
    worker = null;
    if (!closed) log.error({ error: cause }, 'The thread of searches ended');
    const error = new AppError('unavailable', 'The search was broken off', { cause });
    for (const { reject } of open.values()) reject(error);
    open.clear();
  };

  const catchUp = async (which: Worker, { id, tenantId, spaceIds }: Extract<FromSearchThread, { kind: 'behind' }>): Promise<void> => {
    try {
      await indexer.catchUp(tenantId, spaceIds);
    } catch (error) {
      // What is in the index can be found all the same.
      log.error({ error }, 'The index of searches could not be brought up to date');
    }
    which.postMessage({ kind: 'caught_up', id } satisfies ToSearchThread);
  };

  const receive = (which: Worker, message: FromSearchThread): void => {
    if (message.kind === 'behind') return void catchUp(which, message);
    const waiting = open.get(message.id);
    open.delete(message.id);
    const { reply, cause } = message;
    if (reply.ok) return waiting?.resolve(reply.value as Answer);
    const { code, message: text, details } = reply.error;
    waiting?.reject(new AppError(isErrorCode(code) ? code : 'internal', text, { cause, details }));
  };

  const start = (): Worker => {
    const workerData: SearchThreadOptions = { place };
    const started = new Worker(new URL('search-worker.ts', import.meta.url), {
      workerData,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
    });
    started.unref();
    started.on('message', (message: FromSearchThread) => receive(started, message));
    started.on('error', (error) => lost(started, error));
    started.on('exit', (code) => lost(started, `exit ${code}`));
    return started;
  };

  return {
    search: (context, asked) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new AppError('unavailable', 'The server is stopping'));
        worker ??= start();
        const id = (last += 1);
        open.set(id, { resolve, reject });
        const { tenantId, member, policy } = context;
        const told = { tenantId, member: { id: member.id }, policy };
        worker.postMessage({ kind: 'search', id, now: clock.now(), context: told, asked } satisfies ToSearchThread);
      }),
    close: async () => {
      closed = true;
      const ending = worker;
      await ending?.terminate();
      if (ending !== null) lost(ending, 'closed');
    },
  };
}
