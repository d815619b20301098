import { createDecipheriv, createHash, createPublicKey, diffieHellman, hkdfSync } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { AppError } from '#shared/base/errors.ts';
import {
  SealedMetadata,
  sealedFrameBytes,
  sealedFrameHeadBytes,
  sealedHeaderBytes,
  sealedInfo,
  sealedMagic,
  sealedNonce,
  sealedTagBytes,
} from '#shared/model/sealed.ts';
import type { RecoveryKey } from '../identity/recovery-key.ts';

/** A sealed file that opened; `content` must be read to its end before any of it is believed whole. */
export interface OpenedSealed {
  readonly metadata: SealedMetadata;
  /** Throws `invalid` where the file was cut, changed or put together anew. */
  readonly content: AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

const damaged = (why: string): AppError => new AppError('invalid', `The sealed file does not hold: ${why}`);

/**
 * Opens a sealed file (docs/protocol.md). Memory: one frame. Throws `invalid` for what is no sealed file or is damaged, `denied` for one that
 * was sealed to somebody else.
 */
export async function openSealed(file: string, { privateKey, publicKey }: RecoveryKey): Promise<OpenedSealed> {
  const input = await open(file, 'r').catch((cause: Error) => {
    throw new AppError('invalid', `${file} cannot be read: ${cause.message}`, { cause });
  });
  try {
    const header = await exactly(input, sealedHeaderBytes);
    if (header?.subarray(0, 8).toString('latin1') !== sealedMagic) throw new AppError('invalid', `${file} is no sealed file`);
    const recipient = Buffer.from(publicKey, 'base64url');
    const keyId = createHash('sha256').update(recipient).digest().subarray(0, 8);
    if (!header.subarray(40).equals(keyId)) throw new AppError('denied', `${file} was sealed for another tenant`);
    const ephemeral = header.subarray(8, 40);
    const other = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: ephemeral.toString('base64url') }, format: 'jwk' });
    const shared = diffieHellman({ privateKey, publicKey: other });
    const key = Buffer.from(hkdfSync('sha256', shared, Buffer.concat([ephemeral, recipient]), sealedInfo, 32));
    const frames = readFrames(input, header, key);
    const first = await frames.next();
    if (first.done === true) throw damaged('it is empty');
    const metadata = SealedMetadata.parse(JSON.parse(first.value.toString('utf8')));
    return { metadata, content: frames, close: () => input.close() };
  } catch (error) {
    await input.close();
    throw error instanceof AppError ? error : damaged(error instanceof Error ? error.message : String(error));
  }
}

async function* readFrames(input: FileHandle, header: Buffer, key: Buffer): AsyncGenerator<Buffer, void> {
  for (let index = 0; ; index += 1) {
    const head = await exactly(input, sealedFrameHeadBytes);
    if (head === null) throw damaged('its end is missing');
    const isLast = head[0] === 1;
    const sizeBytes = head.readUInt32BE(1);
    if (head[0]! > 1 || sizeBytes < sealedTagBytes || sizeBytes > sealedFrameBytes + sealedTagBytes) throw damaged('a frame is no frame');
    const sealed = await exactly(input, sizeBytes);
    if (sealed === null) throw damaged('its end is missing');
    yield openFrame(sealed, key, header, index, isLast);
    if (!isLast) continue;
    if ((await exactly(input, 1)) !== null) throw damaged('something follows its end');
    return;
  }
}

function openFrame(sealed: Buffer, key: Buffer, header: Buffer, index: number, isLast: boolean): Buffer {
  const body = sealed.subarray(0, -sealedTagBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, sealedNonce(index, isLast), { authTagLength: sealedTagBytes }).setAAD(header);
  decipher.setAuthTag(sealed.subarray(-sealedTagBytes));
  try {
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch (cause) {
    throw new AppError('invalid', 'The sealed file does not hold: it was changed', { cause });
  }
}

/** The next bytes, or null where the file ends before them. */
async function exactly(input: FileHandle, sizeBytes: number): Promise<Buffer | null> {
  const bytes = Buffer.alloc(sizeBytes);
  for (let done = 0; done < sizeBytes;) {
    const { bytesRead } = await input.read(bytes, done, sizeBytes - done);
    if (bytesRead === 0) return null;
    done += bytesRead;
  }
  return bytes;
}
