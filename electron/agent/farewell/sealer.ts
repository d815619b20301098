import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { sealedSuffix, type SealedMetadata } from '#shared/model/sealed.ts';
import { openRegular, readFully, stillSame } from '../transfer/read-content.ts';
import type { FileStamp } from '../transfer/stamp.ts';
import { sealTo, type Plain } from './seal.ts';

export interface SealerOptions {
  /** Where sealed files go. */
  readonly folder: string;
  /** Null where the server gave no key: nothing can be sealed. */
  readonly recoveryKey: string | null;
  readonly facts: Pick<SealedMetadata, 'tenant' | 'member' | 'device' | 'reason'>;
  now(): number;
  report(error: unknown): void;
}

const readBytes = 1_048_576;
/** How often a file is read again that somebody writes to meanwhile. */
const mostTries = 3;

/** Seals to one place under names that say nothing. The same state of the same file is sealed once, also after a crash. */
export class Sealer {
  readonly #options: SealerOptions;

  constructor(options: SealerOptions) {
    this.#options = options;
  }

  /** The state of the file that was sealed; null where it could not be: then it must stay where it is. */
  async file(file: string, shown: string, kind: 'file' | 'attachment'): Promise<FileStamp | null> {
    for (let attempt = 0; attempt < mostTries; attempt += 1) {
      try {
        const stamp = await this.#readInto(file, shown, kind);
        if (stamp !== null) return stamp;
      } catch (error) {
        this.#options.report(error);
        return null;
      }
    }
    return null;
  }

  /** Whether it was sealed. */
  async text(name: string, text: string): Promise<boolean> {
    const bytes = Buffer.from(text);
    const about = { path: name, kind: 'messages', sizeBytes: bytes.length, modifiedAt: this.#options.now() } as const;
    return this.#seal(`${name}\n${text}`, about, [bytes]);
  }

  /** Whether bytes that lie in a database were sealed; `id` tells them from others of that name. */
  async bytes(id: string, name: string, plain: Iterable<Uint8Array>): Promise<boolean> {
    let sizeBytes = 0;
    for (const piece of plain) sizeBytes += piece.length;
    return this.#seal(`${id}\n${name}`, { path: name, kind: 'file', sizeBytes, modifiedAt: this.#options.now() }, plain);
  }

  async #readInto(file: string, shown: string, kind: 'file' | 'attachment'): Promise<FileStamp | null> {
    const { descriptor, stamp } = openRegular(file);
    try {
      const { identity, sizeBytes } = stamp;
      const modifiedAt = Math.floor(stamp.modifiedAt);
      // What renaming leaves as it is: the same bytes are not sealed twice.
      const content = stamp.stamp.slice(0, stamp.stamp.lastIndexOf(':'));
      const still = () => stillSame(descriptor, file, stamp);
      const sealed = await this.#seal(
        `${shown}\n${identity}\n${content}`,
        { path: shown, kind, sizeBytes, modifiedAt },
        pieces(descriptor),
        still,
      );
      return sealed ? stamp : null;
    } finally {
      closeSync(descriptor);
    }
  }

  async #seal(
    what: string,
    about: Pick<SealedMetadata, 'path' | 'kind' | 'sizeBytes' | 'modifiedAt'>,
    plain: Plain,
    holds: () => boolean = () => true,
  ): Promise<boolean> {
    const { folder, recoveryKey, facts, now } = this.#options;
    if (recoveryKey === null) return false;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const target = path.join(folder, createHash('sha256').update(what).digest('hex').slice(0, 32) + sealedSuffix);
    if (existsSync(target)) return holds();
    const staged = `${target}.part`;
    rmSync(staged, { force: true });
    await sealTo(staged, recoveryKey, { ...facts, ...about, sealedAt: now() }, plain);
    if (!holds()) {
      rmSync(staged, { force: true });
      return false;
    }
    renameSync(staged, target);
    flushFolder(folder);
    return true;
  }
}

async function* pieces(descriptor: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; ;) {
    const block = new Uint8Array(readBytes);
    const count = readFully(descriptor, block, offset);
    if (count > 0) yield block.subarray(0, count);
    if (count < readBytes) return;
    offset += count;
  }
}

/** After this the names in a folder survive a power cut; where the system cannot do that, nothing happens. */
function flushFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
