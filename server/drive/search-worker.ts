import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '#shared/base/errors.ts';
import { failure } from '#shared/contract/operation.ts';
import { behindAmong } from '../search/behind.ts';
import { openReading } from '../store/reading.ts';
import type { FromSearchThread, SearchThreadOptions, ToSearchThread } from './search-messages.ts';
import { searchDrive } from './search.ts';

/*
 * The thread of searches: reads on a connection of its own, on which nothing can be written. What a search needs written, names that are not in the
 * index yet, the server's one writer is asked for.
 */

const { place } = workerData as SearchThreadOptions;
const { database } = openReading(place);
const waiting = new Map<number, () => void>();
const tell = (message: FromSearchThread): void => parentPort!.postMessage(message);

parentPort!.on('message', (message: ToSearchThread) => {
  if (message.kind === 'search') void answer(message);
  else {
    waiting.get(message.id)?.();
    waiting.delete(message.id);
  }
});

async function answer({ id, now, context, asked }: Extract<ToSearchThread, { kind: 'search' }>): Promise<void> {
  const catchUp = async (tenantId: string, asked: Iterable<string>): Promise<void> => {
    const spaceIds = await behindAmong(database, tenantId, asked);
    if (spaceIds.length === 0) return;
    await new Promise<void>((resolve) => {
      waiting.set(id, resolve);
      tell({ kind: 'behind', id, tenantId, spaceIds });
    });
  };
  try {
    const value = await searchDrive({ database, indexer: { catchUp }, clock: { now: () => now } }, context, asked);
    tell({ kind: 'reply', id, reply: { ok: true, value } });
  } catch (cause) {
    tell({ kind: 'reply', id, reply: failure(AppError.from(cause)), ...(cause instanceof AppError ? {} : { cause: String(cause) }) });
  }
}
