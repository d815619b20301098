import { createHash, hash as oneShot } from 'node:crypto';

/** SHA-256 in lower-case hexadecimal; the one-shot form saves an object for each small file. */
export const sha256 = (bytes: Uint8Array): string => oneShot('sha256', bytes, 'hex');

/** A SHA-256 that is fed piece by piece. */
export const sha256Stream = () => createHash('sha256');
