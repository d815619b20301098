import { z } from 'zod';
import { Identity } from '#shared/contract/login.ts';
import type { Secrets } from './host/secrets.ts';

/** What keep-login (ACC-30) puts into the keychain: the refresh token, and the server's part of the database key with it. */
const KeptSession = z.object({
  refreshToken: z.string(),
  /** Without its `databaseKey` where the content is to stay closed until the server answers. */
  identity: Identity,
  /** Why it is to stay closed. */
  closedFor: z.string().optional(),
  /** What had been counted when this was written, at that wall clock: idle time, and how far the offline lease was used up. In milliseconds. */
  counted: z.object({ at: z.number(), idleMs: z.number().min(0), leaseMs: z.number().min(0) }).optional(),
});
export type KeptSession = z.infer<typeof KeptSession>;

/** What is written while an account is locked lacks the server's part of the key: neither a restart nor a pulled plug opens it. */
export const lockedSession = (
  { refreshToken, identity }: Pick<KeptSession, 'refreshToken' | 'identity'>,
  reason: string | null,
  counted: NonNullable<KeptSession['counted']>,
): KeptSession => ({ refreshToken, identity: { ...identity, databaseKey: null }, closedFor: reason ?? 'lease_over', counted });

/** The kept sessions of a profile, one write after the other for each account: keychains promise no order. */
export class KeptSessions {
  readonly #open: () => Promise<{ secrets: Secrets; available: boolean }>;
  readonly #last = new Map<string, Promise<unknown>>();

  /** @param open where secrets lie, and whether they survive a restart: without that, nothing is kept */
  constructor(open: () => Promise<{ secrets: Secrets; available: boolean }>) {
    this.#open = open;
  }

  /** The kept session of an account; null when there is none or it is unreadable. */
  async read(accountId: string): Promise<KeptSession | null> {
    const { secrets } = await this.#open();
    const secret = await secrets.get(accountId, 'session');
    if (secret === null) return null;
    try {
      return KeptSession.parse(JSON.parse(secret));
    } catch {
      return null;
    }
  }

  /**
   * Writes what `look` gives when its turn has come; null drops the saved session, undefined leaves it as it is.
   * Returns whether the login is kept.
   */
  put(accountId: string, look: () => KeptSession | null | undefined): Promise<boolean> {
    const work = async (): Promise<boolean> => {
      const { secrets, available } = await this.#open();
      const session = look();
      if (session === undefined) return false;
      if (session === null || !available) await secrets.delete(accountId, 'session');
      else await secrets.set(accountId, 'session', JSON.stringify(session));
      return session !== null && available;
    };
    const turn = (this.#last.get(accountId) ?? Promise.resolve()).then(work, work);
    this.#last.set(accountId, turn);
    const done = () => {
      if (this.#last.get(accountId) === turn) this.#last.delete(accountId);
    };
    turn.then(done, done);
    return turn;
  }
}
