import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ContentFacts } from '#shared/policy/decide-content.ts';
import { endingOf, extensionOf } from '../judge.ts';
import { archiveLimits, Budget, type ArchiveLimits } from './limits.ts';
import { archiveTypes, headBytes, sniffType } from './sniff.ts';
import { headOf, memorySource, type Source } from './source.ts';
import { walkTar } from './tar.ts';
import type { ArchiveVisitor, EntryBytes } from './visitor.ts';
import { walkZip } from './zip.ts';

/** More different endings than any honest archive has. */
const mostEndings = 2_000;

/** Looks into a file's bytes: its type, and how the names inside it end, level by level, within the limits. Never throws for what the bytes are. */
export async function factsOf(source: Source, limits: ArchiveLimits = archiveLimits): Promise<ContentFacts> {
  const head = await headOf(source, headBytes);
  const type = await sniffType(head);
  const found = new Findings(limits);
  if (type !== null && archiveTypes.has(type)) await found.look(source, type, 1);
  return { type, endings: [...found.endings].toSorted(), unreadable: found.unreadable };
}

class Findings {
  readonly endings = new Set<string>();
  unreadable = false;
  readonly #limits: ArchiveLimits;
  readonly #budget: Budget;

  constructor(limits: ArchiveLimits) {
    this.#limits = limits;
    this.#budget = new Budget(limits);
  }

  async look(source: Source, type: string, depth: number): Promise<void> {
    if (depth > this.#limits.depth) {
      this.unreadable = true;
      return;
    }
    const visitor: ArchiveVisitor = {
      cannotRead: () => (this.unreadable = true),
      entry: (name, sizeBytes, open) => this.#entry(name, sizeBytes, open, depth),
    };
    try {
      if (type === 'tar') await walkTar(source.stream(0, source.sizeBytes), visitor);
      else if (type === 'gz' || type === 'tar.gz') await this.#gzip(source, visitor);
      else if (['zip', 'jar', 'apk', 'xpi'].includes(type)) await walkZip(source, visitor);
      else this.unreadable = true;
    } catch {
      // Damaged, or made to break readers: what it holds cannot be known.
      this.unreadable = true;
    }
  }

  async #entry(name: string, sizeBytes: number, open: () => Promise<EntryBytes | null>, depth: number): Promise<boolean> {
    const ending = endingOf(name.slice(name.lastIndexOf('/') + 1));
    if (ending !== '') this.endings.add(ending);
    if (!this.#budget.takeEntry() || this.endings.size > mostEndings) {
      this.unreadable = true;
      return false;
    }
    if (!looksLikeArchive(name)) return true;
    const bytes = sizeBytes > this.#budget.expandedBytes ? null : await this.#taken(await open());
    if (bytes === null) {
      this.unreadable = true;
      return true;
    }
    const type = await sniffType(bytes.subarray(0, headBytes));
    if (type !== null && archiveTypes.has(type)) await this.look(memorySource(bytes), type, depth + 1);
    return true;
  }

  /** All bytes of an entry, or null where the budget ends first. */
  async #taken(stream: EntryBytes | null): Promise<Uint8Array | null> {
    if (stream === null) return null;
    const pieces: Uint8Array[] = [];
    for await (const piece of stream) {
      if (!this.#budget.takeBytes(piece.length)) {
        stream.destroy();
        return null;
      }
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }

  /** A gzip holds one thing: a tar whose names count, or a file whose type does. */
  async #gzip(source: Source, visitor: ArchiveVisitor): Promise<void> {
    const opened = createGunzip();
    const feed = async (): Promise<void> => {
      for await (const piece of source.stream(0, source.sizeBytes)) {
        if (opened.destroyed) return;
        if (!opened.write(piece)) await new Promise((resolve) => opened.once('drain', resolve).once('close', resolve));
      }
      opened.end();
    };
    const feeding = feed().catch((error: Error) => opened.destroy(error));
    try {
      const bytes = this.#within(opened);
      const first = await bytes.next();
      const head: Uint8Array = first.done === true ? new Uint8Array() : first.value;
      const type = await sniffType(head.subarray(0, headBytes));
      if (type !== 'tar') {
        if (type !== null) this.endings.add(type);
        return;
      }
      await walkTar(
        (async function* () {
          yield head;
          yield* bytes;
        })(),
        visitor,
      );
    } finally {
      opened.destroy();
      await feeding;
    }
  }

  async *#within(stream: Readable): AsyncGenerator<Uint8Array> {
    for await (const piece of stream as AsyncIterable<Uint8Array>) {
      if (!this.#budget.takeBytes(piece.length)) throw new Error('The archive is larger than is looked into');
      yield piece;
    }
  }
}

const looksLikeArchive = (name: string): boolean =>
  archiveTypes.has(extensionOf(name)) || ['tgz', 'war', 'ear'].includes(extensionOf(name));
