import { z } from 'zod';
import { Id, Instant } from './ids.ts';

/**
 * What an offline lease says: this device may open what it holds of this session for so long without any answer of the server.
 * It travels as `1.<JSON in base64url>.<Ed25519 signature over what stands before the last dot, in base64url>`.
 */
export const Lease = z.object({
  tenant: z.string(),
  /** The member's id. */
  member: Id,
  session: Id,
  /** The thumbprint of the device's key (RFC 7638). */
  device: z.string(),
  /** By the server's clock. */
  issuedAt: Instant,
  hours: z.number().int().min(1).max(720),
});
export type Lease = z.infer<typeof Lease>;
