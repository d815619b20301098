import { z } from 'zod';
import { Count, Id, Instant } from '#shared/model/ids.ts';
import { op } from './operation.ts';

/** A PC that syncs (EXP-02). */
export const Pc = z.object({
  deviceId: Id,
  name: z.string(),
  platform: z.string(),
  since: Instant,
  lastSeenAt: Instant,
  /** The one that asks. */
  current: z.boolean(),
});
export type Pc = z.infer<typeof Pc>;

const Pcs = { most: Count, pcs: z.array(Pc) };

/** Which PCs of a member sync (EXP-02), and whether the member is logged in once only for each kind of program (EXP-03). */
export const pcs = {
  /** Before the first pair, and each time the program starts: this PC syncs. `enrolled` false where the company's rule allows no more (`too_many_pcs`); one can be withdrawn then. */
  'pc.enrol': op({}, { enrolled: z.boolean(), ...Pcs }, 'member', { service: 'drive' }),
  'pc.list': op({}, Pcs),
  /** One of one's own syncs no more: when it asks next, it is over the limit or enrolled again. Its files stay. */
  'pc.withdraw': op({ deviceId: Id }, Pcs),
  /** EXP-03: a newer login with a program of the same kind ends the older sessions of that kind. */
  'account.singleLogin': op({}, { on: z.boolean() }),
  'account.setSingleLogin': op({ on: z.boolean() }, { on: z.boolean() }),
} as const;
export type PcsContract = typeof pcs;
