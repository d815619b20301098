import { z } from 'zod';
import { Count, Instant } from './ids.ts';

/**
 * Sealed files (ACC-50, ACC-51; docs/protocol.md): work that never reached the server, encrypted to the tenant's recovery key before the copy
 * on a device is erased. What client and server must agree on; the cryptography is in both.
 */
export const sealedMagic = 'HKSEAL01';
export const sealedSuffix = '.hikyaku-sealed';
/** Context of the key derivation (HKDF-SHA256, RFC 5869). */
export const sealedInfo = 'hikyaku-sealed-1';
/** Plain bytes of a frame; only the last one may hold fewer. */
export const sealedFrameBytes = 1_048_576;
/** AES-256-GCM's tag, at the end of each frame. */
export const sealedTagBytes = 16;
/** Magic, the ephemeral public key, and the first bytes of SHA-256 over the recipient's. */
export const sealedHeaderBytes = 8 + 32 + 8;
/** A frame's head: whether it is the last one (1) or not (0), and how many bytes follow, big-endian. */
export const sealedFrameHeadBytes = 5;

/** The first frame: what the file was. */
export const SealedMetadata = z.object({
  tenant: z.string(),
  member: z.string(),
  /** The device it was sealed on. */
  device: z.string(),
  /** Where it lay; of an unsent message's attachment, its name. */
  path: z.string(),
  /** `file` of a synced folder, `attachment` of an unsent message, or the `messages` themselves (JSON: `outgoing` and `drafts`). */
  kind: z.enum(['file', 'attachment', 'messages']),
  sizeBytes: Count,
  modifiedAt: Instant,
  sealedAt: Instant,
  /** Why it was sealed, as in a decision. */
  reason: z.string(),
});
export type SealedMetadata = z.infer<typeof SealedMetadata>;

/** The nonce of a frame: unique under a key, which serves for one file only. */
export function sealedNonce(index: number, isLast: boolean): Uint8Array {
  const nonce = new Uint8Array(12);
  nonce[0] = isLast ? 1 : 0;
  new DataView(nonce.buffer).setBigUint64(4, BigInt(index));
  return nonce;
}
