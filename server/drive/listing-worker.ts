import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '#shared/base/errors.ts';
import { failure, statusOf, type InputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { openReading } from '../store/reading.ts';
import { changePage, changesText } from './changes.ts';
import { childPage, childrenText, type FolderCounts } from './children.ts';
import type { FromListingThread, ListingThreadOptions, ToListingThread } from './listing-messages.ts';
import { readableView } from './view.ts';

/* The thread of long listings: reads on a connection of its own, on which nothing can be written, and answers with what goes over the wire. */

const { place } = workerData as ListingThreadOptions;
const { database } = openReading(place);
const counts: FolderCounts = new Map();

async function textOf({ operation, reader, input }: ToListingThread): Promise<string> {
  if (operation === 'drive.children') {
    return childrenText(await childPage(database, reader, input as InputOf<ServerContract, 'drive.children'>, counts));
  }
  const { spaceId, ...asked } = input as InputOf<ServerContract, 'drive.changes'>;
  return database
    .transaction()
    .setAccessMode('read only')
    .setIsolationLevel('repeatable read')
    .execute(async (transaction) =>
      changesText(await changePage(transaction, reader, await readableView(transaction, reader, spaceId), asked)),
    );
}

async function answer(asked: ToListingThread): Promise<FromListingThread> {
  const { id } = asked;
  try {
    return { id, status: 200, body: Buffer.from(`{"ok":true,"value":${await textOf(asked)}}`) };
  } catch (cause) {
    const reply = failure(AppError.from(cause));
    const told = cause instanceof AppError ? {} : { cause: String(cause) };
    return { id, status: statusOf(reply), body: Buffer.from(JSON.stringify(reply)), ...told };
  }
}

parentPort!.on('message', (asked: ToListingThread) => {
  void answer(asked).then((reply) => {
    // A copy of its own, so that it can go over without being copied again.
    const body = new Uint8Array(reply.body);
    parentPort!.postMessage({ ...reply, body }, [body.buffer]);
  });
});
