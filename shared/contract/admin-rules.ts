import { z } from 'zod';
import { Count, Id, Instant } from '#shared/model/ids.ts';
import { Policy, PolicyPatch, ClientKind } from '#shared/model/policy.ts';
import { Service } from '#shared/model/rights.ts';
import { op } from './operation.ts';

/** A change that takes itself back unless somebody confirms it in time (NET-08). */
export const PendingChange = z.object({ revision: Count, by: Id, at: Instant, revertsAt: Instant, patch: z.unknown() });
export type PendingChange = z.infer<typeof PendingChange>;

const RulesInForce = { revision: Count, policy: Policy, pending: PendingChange.nullable().default(null) };

/** Somebody whom a change would stop, where they are now. */
const CutOff = z.object({
  memberId: Id,
  name: z.string(),
  self: z.boolean(),
  sessions: z.array(
    z.object({
      kind: ClientKind,
      address: z.string(),
      country: z.string().nullable(),
      deviceName: z.string(),
      reason: z.string(),
      rule: z.string(),
    }),
  ),
});
export type CutOff = z.infer<typeof CutOff>;

/** What somebody might do, as the simulator asks. */
export const SimulatedAct = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('login') }),
  /** A kept session is taken up again (ACC-30). */
  z.object({ kind: z.literal('resume') }),
  z.object({ kind: z.literal('use'), service: Service }),
  z.object({ kind: z.literal('administer') }),
  z.object({
    kind: z.literal('file'),
    direction: z.enum(['send', 'receive']),
    service: Service,
    through: Service.optional(),
    name: z.string().min(1).max(200),
    sizeBytes: Count.default(1),
    externalRoom: z.boolean().default(false),
  }),
]);
export type SimulatedAct = z.infer<typeof SimulatedAct>;

/** The outcome of one rule, in the order of the gate. */
const JudgedRule = z.object({
  step: z.string(),
  rule: z.string().nullable(),
  effect: z.enum(['allow', 'deny', 'not_reached']),
  reason: z.string().nullable(),
  subject: z.string().nullable(),
});

/** The rules (sections 1 to 3 of the catalogue) and what they would do. */
export const adminRules = {
  'policy.get': op({}, RulesInForce, 'administrator'),
  /**
   * Changes what the patch names, as far as the asker's rights reach (each section belongs to one right). With `revision` given, only when
   * the rules are still those. With `confirmWithinSeconds` the change takes itself back unless `policy.confirm` comes in time.
   */
  'policy.set': op(
    { patch: PolicyPatch, revision: Count.optional(), confirmWithinSeconds: z.number().int().min(10).max(600).optional() },
    RulesInForce,
    'administrator',
    { fresh: true },
  ),
  'policy.confirm': op({ revision: Count }, RulesInForce, 'administrator'),
  /** Takes the pending change back now. */
  'policy.revert': op({ revision: Count }, RulesInForce, 'administrator'),
  /** Who of those with an open session would be stopped by the patch, the asker first; at most 200 of `total`. */
  'policy.preview': op(
    { patch: PolicyPatch },
    { cutOff: z.array(CutOff), total: Count, openSessions: Count, self: z.boolean() },
    'administrator',
  ),
  /** What would happen: judged by the same function that the server enforces with. `patch` asks under rules that are not saved. */
  'policy.simulate': op(
    {
      /** By id or member id. */
      member: Id,
      kind: ClientKind,
      clientVersion: z.string().max(40),
      address: z.string().min(1).max(64),
      act: SimulatedAct,
      patch: PolicyPatch.optional(),
    },
    {
      allowed: z.boolean(),
      reason: z.string().nullable(),
      rule: z.string().nullable(),
      subject: z.string().nullable(),
      country: z.string().nullable(),
      steps: z.array(JudgedRule),
    },
    'administrator',
  ),
  /** For each section of the rules, how many people its present setting touches now ("who is affected"). */
  'policy.affected': op(
    {},
    { members: Count, sections: z.record(z.string(), z.object({ members: Count, note: z.string().nullable() })) },
    'administrator',
  ),
} as const;
export type AdminRulesContract = typeof adminRules;
