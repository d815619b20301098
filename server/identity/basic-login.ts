import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError, reasonOf } from '#shared/base/errors.ts';
import { deny } from '#shared/model/decision.ts';
import type { CallAct } from '#shared/policy/decide.ts';
import { denial } from '#shared/policy/denial.ts';
import type { AppendAudit, RequestContext, Services } from '../context.ts';
import { plainPassword } from './app-passwords.ts';
import { findLogin, findTenant } from './login/find-login.ts';
import { parseMemberName } from './member-name.ts';
import { sessionQuery, type RequestFacts, type SessionRow } from './session-rows.ts';
import type { Sessions } from './sessions.ts';
import { hashToken } from './tokens.ts';

/** Programs send their password with every request: what was read is used again for so long, in milliseconds, as rules are. */
const freshMs = 1_000;
const mostKept = 10_000;
/** How exactly the last use is kept, in milliseconds. */
const touchMs = 60_000;

/** Refused attempts that an address has within the window, in seconds, before further ones are not looked into. */
export interface BasicLimits {
  readonly windowSeconds: number;
  readonly perAddress: number;
}
export const basicLimits: BasicLimits = { windowSeconds: 900, perAddress: 50 };

export interface BasicLogin {
  /**
   * The gate for somebody who shows an app password. Throws what `decide()` denies, `unauthenticated` for a name or password that is none, and
   * `rate_limited` for wrong ones from an address that had too many: a right one is never kept waiting by its neighbours.
   */
  admit(user: string, password: string, facts: RequestFacts, act: CallAct): Promise<RequestContext>;
}

interface Known {
  readonly readAt: number;
  /** How often this process had changed who may do what. */
  readonly rights: number;
  readonly row: SessionRow | null;
  readonly tenantName: string;
}

/** Somebody whom the gate let in. */
interface Admitted extends Pick<Known, 'readAt' | 'rights'> {
  readonly context: RequestContext;
}

/**
 * Finds whose app password came, by one indexed look-up that is used again for a second; so is what the gate said. Where this process alone writes,
 * whatever may change who may do what ends both at once.
 */
export function makeBasicLogin(
  services: Pick<Services, 'database' | 'clock' | 'counts'>,
  { audit, sessions, limits }: { readonly audit: AppendAudit; readonly sessions: Pick<Sessions, 'admitRow'>; readonly limits: BasicLimits },
): BasicLogin {
  const { database, clock, counts } = services;
  const known = new Map<string, Known>();
  const admitted = new Map<string, Admitted>();
  const now = (): Pick<Known, 'readAt' | 'rights'> => ({ readAt: clock.monotonic(), rights: counts?.rights ?? 0 });
  const isFresh = ({ readAt, rights }: Pick<Known, 'readAt' | 'rights'>): boolean =>
    rights === (counts?.rights ?? 0) && clock.monotonic() - readAt < freshMs;
  const keep = <T>(map: Map<string, T>, key: string, value: T): void => {
    map.delete(key);
    if (map.size >= mostKept) map.delete(map.keys().next().value!);
    map.set(key, value);
  };
  const failures = new RateLimiterMemory({ keyPrefix: 'basic', points: limits.perAddress, duration: limits.windowSeconds });

  const find = async (hash: string): Promise<Known> => {
    const before = known.get(hash);
    if (before !== undefined && isFresh(before)) return before;
    const asked = now();
    const row = await sessionQuery(database).where('sessions.access_hash', '=', hash).where('sessions.kind', '=', 'dav').executeTakeFirst();
    const tenant =
      row === undefined
        ? undefined
        : await database.selectFrom('tenants').select('name').where('id', '=', row.tenant_id).executeTakeFirst();
    const found: Known = { ...asked, row: row ?? null, tenantName: tenant?.name ?? '' };
    keep(known, hash, found);
    return found;
  };

  const touch = async (hash: string, { row, ...rest }: Known, address: string): Promise<void> => {
    const at = clock.now();
    if (row === null || (at - row.last_used_at < touchMs && row.last_used_at > row.created_at)) return;
    const usedAt = Math.max(at, row.created_at + 1);
    known.set(hash, { ...rest, row: { ...row, last_used_at: usedAt } });
    await database
      .updateTable('sessions')
      .set({ last_used_at: usedAt, address })
      .where('tenant_id', '=', row.tenant_id)
      .where('id', '=', row.id)
      .execute();
  };

  /** Counts a refusal and writes it down; beyond the limit it is only refused. */
  const refused = async (user: string, facts: RequestFacts, error: unknown): Promise<unknown> => {
    try {
      await failures.consume(facts.address);
    } catch (cause) {
      if (!(cause instanceof RateLimiterRes)) throw cause;
      const retryAfterSeconds = Math.max(1, Math.ceil(cause.msBeforeNext / 1_000));
      return denial(deny('too_many_attempts', 'ACC-05'), { retryAfterSeconds });
    }
    const login = await findLogin(database, user);
    const tenantId = login?.tenantId ?? (await findTenant(database, null));
    if (tenantId !== null) {
      await database.transaction().execute((transaction) =>
        audit(transaction, tenantId, {
          actorId: login?.member?.id ?? null,
          action: 'session.login',
          target: (login?.memberId ?? user).slice(0, 80),
          result: 'failure',
          address: facts.address,
          client: 'dav',
          details: { reason: reasonOf(error) },
        }),
      );
    }
    return error;
  };

  return {
    admit: async (user, password, facts, act) => {
      const hash = hashToken(plainPassword(password));
      // What was asked is the same for every request over WebDAV, so the answer depends on nothing else.
      const key = `${hash} ${facts.address} ${user}`;
      const before = admitted.get(key);
      if (before !== undefined && isFresh(before)) return before.context;
      const asked = now();
      const found = await find(hash);
      if (found.row === null || !isName(user, found.row, found.tenantName)) {
        throw await refused(user, facts, denial(deny('wrong_credentials', 'ACC-05')));
      }
      try {
        const context = await sessions.admitRow(found.row, facts, act);
        await touch(hash, found, facts.address);
        keep(admitted, key, { ...asked, context });
        return context;
      } catch (error) {
        // A program whose password has ended goes on asking; that is a wrong password from now on.
        if (error instanceof AppError && error.code === 'unauthenticated') throw await refused(user, facts, error);
        throw error;
      }
    },
  };
}

/** Whether `typed` (`sato` or `sato@acme`) names the member whose password it is. */
function isName(typed: string, row: SessionRow, tenantName: string): boolean {
  const name = parseMemberName(typed);
  return name !== null && name.memberId === row.login && (name.tenantName === null || name.tenantName === tenantName);
}
