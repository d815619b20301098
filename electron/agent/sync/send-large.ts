import { singleChunkBytes } from '#shared/sync/chunker.ts';
import type { CutPart } from '../transfer/cut-file.ts';
import { narrowPack } from '../transfer/pack-files.ts';
import { describeContent, type Piece, type ReadOutcome } from '../transfer/read-content.ts';
import type { Slots } from '../transfer/slots.ts';
import type { FileStamp } from '../transfer/stamp.ts';
import { missingChunks } from '../transfer/upload.ts';
import { pathOf, type RootContext } from './root-context.ts';
import type { LocalRow } from './rows.ts';

/** `later`: a person wanted something else first (EXP-20); what was sent stays sent. */
export type LargeOutcome = ReadOutcome | { readonly kind: 'later' };

/**
 * Brings the chunks of a large file to the server while it is being read, cut and hashed: nothing waits for the end of the file, and at no time is more of
 * it in memory than the parts under way. What an earlier version shares with it is neither asked for nor sent (SYNC.md E5). Throws when the server is not
 * reachable; trying again sends only what is missing there.
 */
export async function sendLargeContent(context: RootContext, row: LocalRow, slots: Slots): Promise<LargeOutcome> {
  const upload = new LargeUpload(context, row, slots);
  context.progress.begin(row.id, 'up', row.sizeBytes);
  try {
    return await upload.run();
  } finally {
    await upload.settled();
    context.progress.end(row.id);
  }
}

class LargeUpload {
  readonly #context: RootContext;
  readonly #row: LocalRow;
  readonly #slots: Slots;
  readonly #sending = new Set<Promise<void>>();
  readonly #pieces: Piece[] = [];
  readonly #sent = new Set<string>();
  #failure: { readonly error: unknown } | null = null;

  constructor(context: RootContext, row: LocalRow, slots: Slots) {
    this.#context = context;
    this.#row = row;
    this.#slots = slots;
  }

  async run(): Promise<LargeOutcome> {
    const { store, disk, topId, workshop, turns, signal, failures } = this.#context;
    const { id } = this.#row;
    const path = disk.at(pathOf(store, id, topId));
    // What the server said it lacks is not taken for known again.
    const isLost = failures.all.some((failure) => failure.id === id && failure.reason === 'missing_chunks');
    const known = isLost ? [] : (store.synced.get(id)?.chunks ?? []);
    const { asked } = turns;
    let stamp: FileStamp | null = null;
    for (let offset = 0; ;) {
      signal.throwIfAborted();
      if (turns.asked !== asked && !turns.isFirst(id)) return { kind: 'later' };
      const part = await workshop.cut({ path, offset, stamp, known });
      if (part.kind !== 'part') return part;
      if (part.stamp.sizeBytes <= singleChunkBytes) return { kind: 'changed' };
      stamp = part.stamp;
      this.#pieces.push(...part.pieces);
      offset = part.pieces.reduce((sum, { sizeBytes }) => sum + sizeBytes, offset);
      await this.#send(part);
      if (part.isLast) break;
    }
    await this.settled();
    if (this.#failure !== null) throw this.#failure.error;
    return { kind: 'read', file: { path, stamp, pieces: this.#pieces, content: describeContent(this.#pieces, stamp) } };
  }

  /** Waits until nothing of it is on its way. */
  async settled(): Promise<void> {
    await Promise.all(this.#sending);
  }

  /** Resolves when the next part may be made; throws when an earlier one could not be sent. */
  async #send(part: CutPart): Promise<void> {
    // A long stretch of zeros is one chunk many times over: it goes with the first part that has it.
    const fresh = new Set(part.frames.map(({ hash }) => hash).filter((hash) => !this.#sent.has(hash)));
    for (const hash of fresh) this.#sent.add(hash);
    this.#arrived(part.pieces.reduce((sum, { hash, sizeBytes }) => (fresh.has(hash) ? sum : sum + sizeBytes), 0));
    if (fresh.size > 0) {
      await this.#slots.take();
      const sending = this.#sendPack(part, fresh)
        .catch((error: unknown) => {
          this.#failure ??= { error };
        })
        .finally(() => {
          this.#sending.delete(sending);
          this.#slots.give();
        });
      this.#sending.add(sending);
    }
    if (this.#failure !== null) throw (this.#failure as { error: unknown }).error;
  }

  async #sendPack({ pack, frames, pieces }: CutPart, fresh: ReadonlySet<string>): Promise<void> {
    const { transport, signal } = this.#context;
    const narrow = narrowPack(pack, frames, await missingChunks(transport, [...fresh]));
    if (narrow !== null) await transport.sendPack(narrow, signal);
    this.#arrived(pieces.reduce((sum, { hash, sizeBytes }) => (fresh.has(hash) ? sum + sizeBytes : sum), 0));
  }

  #arrived(bytes: number): void {
    if (bytes === 0) return;
    this.#context.progress.advance(this.#row.id, 'up', bytes);
    this.#context.report.moved(bytes);
  }
}
