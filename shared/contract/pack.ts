import { AppError } from '#shared/base/errors.ts';

/**
 * Packs carry many chunks in one request: `HKP1`, then for each chunk its SHA-256 (32 bytes), its length (4 bytes, big-endian)
 * and its bytes. The same form goes up (`PUT /api/content/pack`) and down (`POST /api/content/read`). See docs/protocol.md.
 */
export const packMagic = Uint8Array.from([0x48, 0x4b, 0x50, 0x31]);
export const packHeaderBytes = 4;
export const frameHeaderBytes = 36;
/** The largest chunk, in bytes: the chunker's maximum. */
export const largestChunkBytes = 4 * 1024 * 1024;
/** The largest pack a server takes, in bytes, headers included. */
export const largestPackBytes = 16 * 1024 * 1024;
export const mostPackChunks = 2_000;

export interface PackedChunk {
  /** SHA-256, lower-case hexadecimal. */
  readonly hash: string;
  readonly bytes: Uint8Array;
}

const hexToBytes = (hex: string, into: Uint8Array, at: number): void => {
  for (let index = 0; index < 32; index += 1) into[at + index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16);
};
const hexOf: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const bytesToHex = (bytes: Uint8Array): string => {
  let hex = '';
  for (const byte of bytes) hex += hexOf[byte]!;
  return hex;
};

/** The 36 bytes before a chunk's bytes. */
export function frameHeader(hash: string, sizeBytes: number): Uint8Array {
  const header = new Uint8Array(frameHeaderBytes);
  hexToBytes(hash, header, 0);
  new DataView(header.buffer).setUint32(32, sizeBytes);
  return header;
}

/** One pack as one array. */
export function encodePack(chunks: readonly PackedChunk[]): Uint8Array {
  const size = chunks.reduce((sum, chunk) => sum + frameHeaderBytes + chunk.bytes.length, packHeaderBytes);
  const pack = new Uint8Array(size);
  pack.set(packMagic, 0);
  let at = packHeaderBytes;
  for (const { hash, bytes } of chunks) {
    pack.set(frameHeader(hash, bytes.length), at);
    pack.set(bytes, at + frameHeaderBytes);
    at += frameHeaderBytes + bytes.length;
  }
  return pack;
}

/**
 * Reads a pack piece by piece as it arrives; what is not whole yet is put together once, when the last piece of it came. Throws `invalid` when the
 * bytes are no pack; does not check hashes.
 */
export class PackReader {
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** How many bytes there must be before anything can be said. */
  #needed = packHeaderBytes;
  #started = false;

  /** The chunks completed by `bytes`, with the offset of each chunk's bytes from the pack's start. */
  push(bytes: Uint8Array): PackedChunk[] {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    return this.#heldBytes < this.#needed ? [] : this.#read(this.#whole());
  }

  /** Throws `invalid` when the pack broke off in the middle. */
  end(): void {
    if (!this.#started || this.#heldBytes > 0) throw new AppError('invalid', 'The pack of chunks broke off');
  }

  #whole(): Uint8Array {
    if (this.#held.length === 1) return this.#held[0]!;
    const whole = new Uint8Array(this.#heldBytes);
    let at = 0;
    for (const piece of this.#held) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  #read(buffer: Uint8Array): PackedChunk[] {
    let at = 0;
    if (!this.#started) {
      if (packMagic.some((byte, index) => buffer[index] !== byte)) throw new AppError('invalid', 'Not a pack of chunks');
      this.#started = true;
      at = packHeaderBytes;
    }
    const chunks: PackedChunk[] = [];
    this.#needed = frameHeaderBytes;
    while (buffer.length - at >= frameHeaderBytes) {
      const size = new DataView(buffer.buffer, buffer.byteOffset + at + 32, 4).getUint32(0);
      if (size > largestChunkBytes) throw new AppError('too_large', `A chunk of ${size} bytes is larger than ${largestChunkBytes}`);
      if (buffer.length - at < frameHeaderBytes + size) {
        this.#needed = frameHeaderBytes + size;
        break;
      }
      const start = at + frameHeaderBytes;
      chunks.push({ hash: bytesToHex(buffer.subarray(at, at + 32)), bytes: buffer.subarray(start, start + size) });
      at = start + size;
    }
    this.#held = at === buffer.length ? [] : [buffer.subarray(at)];
    this.#heldBytes = buffer.length - at;
    return chunks;
  }
}
