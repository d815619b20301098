import { createHash } from 'node:crypto';
import type { ScanEntry } from './scan-entry.ts';

const wordsPerFolder = 4;
/** Raised when what a digest is made of changes: older ones say nothing then. */
const form = 1;

/**
 * What each folder held when it was last taken into the local tree: 8 bytes for its path and 8 for names and stamps, so that a look at a million
 * files tells only what differs. An open-addressing table of 32-bit words: it goes to the scanning thread and back without being copied.
 */
export class FolderDigests {
  #words: Uint32Array;
  #size = 0;

  constructor(words: Uint32Array = new Uint32Array(64 * wordsPerFolder)) {
    this.#words = words;
    for (let at = 0; at < words.length; at += wordsPerFolder) if (isTaken(words, at)) this.#size += 1;
  }

  static read(text: string | null): FolderDigests | null {
    const [version, base64] = text?.split(' ') ?? [];
    if (version !== String(form) || base64 === undefined) return null;
    const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
    return bytes.length % (wordsPerFolder * 4) === 0 && bytes.length > 0 ? new FolderDigests(new Uint32Array(bytes.buffer)) : null;
  }
  text(): string {
    return `${form} ${Buffer.from(this.#words.buffer, this.#words.byteOffset, this.#words.byteLength).toString('base64')}`;
  }

  get size(): number {
    return this.#size;
  }
  get words(): Uint32Array {
    return this.#words;
  }
  has(path: string): boolean {
    const [high, low] = pathWords(path);
    return isTaken(this.#words, this.#slot(this.#words, high, low));
  }
  isSame(path: string, digest: readonly [number, number]): boolean {
    const [high, low] = pathWords(path);
    const at = this.#slot(this.#words, high, low);
    return isTaken(this.#words, at) && this.#words[at + 2] === digest[0] && this.#words[at + 3] === digest[1];
  }
  set(path: string, digest: readonly [number, number]): void {
    if ((this.#size + 1) * 2 > this.#words.length / wordsPerFolder) this.#grow();
    const [high, low] = pathWords(path);
    const at = this.#slot(this.#words, high, low);
    if (!isTaken(this.#words, at)) this.#size += 1;
    this.#words.set([high, low, digest[0], digest[1]], at);
  }

  /** What lies at a path is to be told at the next look, whatever it is. */
  forget(path: string): void {
    if (this.has(path)) this.set(path, [0, 0]);
  }

  #slot(words: Uint32Array, high: number, low: number): number {
    const mask = words.length / wordsPerFolder - 1;
    for (let index = low & mask; ; index = (index + 1) & mask) {
      const at = index * wordsPerFolder;
      if (!isTaken(words, at) || (words[at] === high && words[at + 1] === low)) return at;
    }
  }
  #grow(): void {
    const wider = new Uint32Array(this.#words.length * 2);
    for (let at = 0; at < this.#words.length; at += wordsPerFolder) {
      if (isTaken(this.#words, at))
        wider.set(this.#words.subarray(at, at + wordsPerFolder), this.#slot(wider, this.#words[at]!, this.#words[at + 1]!));
    }
    this.#words = wider;
  }
}

const isTaken = (words: Uint32Array, at: number): boolean => words[at] !== 0 || words[at + 1] !== 0;

const firstWords = (text: string): [number, number] => {
  const bytes = createHash('sha256').update(text).digest();
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
};
const pathWords = (path: string): [number, number] => firstWords(`/${path}`);

/** Of everything that is taken over from a listing. A folder's own times are not: they change with what it holds. */
export function digestOf(identity: string, entries: readonly ScanEntry[]): [number, number] {
  const lines = entries.map(({ name, kind, linked, identity: inode, stamp, executable }) =>
    kind === 'file' ? `${name}\0${inode}\0${stamp}\0${linked}${executable}` : `${name}\0${inode}\0${kind}`,
  );
  // Disks list in any order.
  return firstWords(`${identity}\n${lines.sort().join('\n')}`);
}
