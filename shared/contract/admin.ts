import { z } from 'zod';
import { Count, Id, Instant } from '#shared/model/ids.ts';
import { Policy, PolicyPatch } from '#shared/model/policy.ts';
import { op } from './operation.ts';

/** One line of the audit log (ADM-34): who did what to whom, from where, with which result. */
export const AuditEntry = z.object({
  sequence: Count,
  at: Instant,
  actorId: Id.nullable(),
  action: z.string(),
  target: z.string().nullable(),
  result: z.string(),
  address: z.string().nullable(),
  client: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** What administrators may ask of the tenant server; same transport and gate as the tenant contract. */
export const admin = {
  'policy.get': op({}, { revision: Count, policy: Policy }, 'administrator'),
  /** Changes what the patch names. With `revision` given, only when the rules are still those. */
  'policy.set': op({ patch: PolicyPatch, revision: Count.optional() }, { revision: Count, policy: Policy }, 'administrator'),
  'audit.search': op(
    { action: z.string().max(100).optional(), before: Count.optional(), limit: z.number().int().min(1).max(500).default(100) },
    { entries: z.array(AuditEntry) },
    'administrator',
  ),
} as const;
export type AdminContract = typeof admin;
