import { createHash, hash as oneShot, webcrypto } from 'node:crypto';

/** SHA-256 in lower-case hexadecimal; the one-shot form saves an object for each small file. */
export const sha256 = (bytes: Uint8Array): string => oneShot('sha256', bytes, 'hex');

/** A SHA-256 that is fed piece by piece. */
export const sha256Stream = () => createHash('sha256');

const worthAThread = 128 * 1024;
/** The same; of what is large it is made beside this thread. */
export async function digestOf(bytes: Uint8Array): Promise<string> {
  if (bytes.length < worthAThread) return sha256(bytes);
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)).toString('hex');
}
