import path from 'node:path';
import type { ClientStore } from '#shared/client/client-store.ts';
import { neededFiles } from '#shared/client/release-files.ts';
import { Stowed, stowedDatabase } from '../edits/stowed.ts';
import type { Database } from '../store/database.ts';
import type { Sealer } from './sealer.ts';

/** What of an account's store was never sent. */
export type UnsentStore = Pick<ClientStore, 'outgoing' | 'transfers' | 'drafts' | 'rooms'>;

/** Seals messages that were never sent, drafts, and the files that were to go with them. Returns how many messages and drafts there were. */
export async function sealMessages(store: UnsentStore, sealer: Sealer): Promise<number> {
  const outgoing = store.outgoing.all();
  const rooms = store.rooms.all();
  const placed = rooms.flatMap(({ id, name }) => {
    const text = store.drafts.get(id) ?? '';
    return text === '' ? [] : [{ roomId: id, room: name, text }];
  });
  // Rooms that the member is no longer in may have left a draft behind.
  const texts = new Set(placed.map(({ text }) => text));
  const others = store.drafts.all().filter((text) => text !== '' && !texts.has(text));
  const drafts = [...placed, ...others.map((text) => ({ roomId: null, room: null, text }))];
  const count = outgoing.length + drafts.length;
  if (count > 0) await sealer.text('unsent-messages.json', JSON.stringify({ outgoing, drafts }, null, 2));
  // Files of the person's own stay where they are; copies that the program made (pasted content) are erased after this.
  for (const reference of neededFiles(store)) {
    if (path.isAbsolute(reference)) await sealer.file(reference, path.basename(reference), 'attachment');
  }
  return count;
}

/** Seals what was written in other programs and never sent. Returns how many files there were. */
export async function sealEdits(openDatabase: (name: string) => Database, sealer: Sealer): Promise<number> {
  const stowed = new Stowed(openDatabase(stowedDatabase));
  try {
    const files = stowed.records().flatMap(({ id }) => stowed.names(id).map((name) => ({ id, name })));
    for (const { id, name } of files) await sealer.bytes(id, name, { [Symbol.iterator]: () => stowed.bytes(id, name) });
    return files.length;
  } finally {
    stowed.close();
  }
}
