import { z } from 'zod';
import { Id } from './ids.ts';

/**
 * ADM-10: one supreme administrator, any number of sub-administrators and operators, and people with a role that the company made itself
 * (`custom`); everybody else is a member. What a role may do: `shared/policy/rights.ts`.
 */
export const Role = z.enum(['supreme', 'administrator', 'operator', 'custom', 'member']);
export type Role = z.infer<typeof Role>;

/** ACC-44. What a member may do at all; texts are chosen by this code. */
export const MemberState = z.enum(['active', 'waiting', 'absent', 'leave', 'suspended', 'suspended_failures', 'deleted']);
export type MemberState = z.infer<typeof MemberState>;

/** A member as colleagues see them (ADM-01, as far as shown in Talk and Drive). */
export const Member = z.object({
  id: Id,
  /** What they log in with, unique in the tenant. */
  memberId: z.string(),
  name: z.string(),
  /** Kana reading of the name, for sorting, search and screen readers. */
  reading: z.string(),
  organisation: z.string().nullable(),
  title: z.string().nullable(),
  state: MemberState,
});
export type Member = z.infer<typeof Member>;

/** Member ids: what people type at login. */
export const MemberId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,39}$/);
/** Tenant names (ACC-48): 2–22 of a–z, 0–9 and hyphen. */
export const TenantName = z.string().regex(/^[a-z0-9][a-z0-9-]{1,21}$/);
