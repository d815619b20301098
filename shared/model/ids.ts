import { z } from 'zod';

/** An id as it crosses boundaries: opaque to everybody but its maker. No NUL, which PostgreSQL cannot even look for. */
export const Id = z
  .string()
  .min(1)
  .max(64)
  // eslint-disable-next-line no-control-regex -- NUL is exactly what is refused
  .regex(/^[^\u0000]*$/);
/** An id minted by a client (message, node, idempotency key): a UUID in lower case. */
export const Uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
/** Epoch milliseconds. */
export const Instant = z.number().int().nonnegative();
/** A count, size in bytes, sequence or revision. */
export const Count = z.number().int().nonnegative();
/** SHA-256 in lower-case hexadecimal. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** A client's own name for one of its accounts. */
export const AccountId = Id;
