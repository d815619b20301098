import { createPublicKey, verify } from 'node:crypto';
import type { Clock } from '#shared/base/clock.ts';
import { Elapsed } from '#shared/client/elapsed.ts';
import type { Identity } from '#shared/contract/login.ts';
import { Lease } from '#shared/model/lease.ts';

/** However long a lease still holds, the clocks are compared this often, in milliseconds; what was counted is written down then. */
const longestLookMs = 600_000;
const hour = 3_600_000;

/** The lease of an identity; null for one that is missing, forged, or not this device's and session's. */
export function verifiedLease(identity: Identity, thumbprint: string): Lease | null {
  const { lease: text, leaseKey, tenant, member, sessionId } = identity;
  if (text === null || leaseKey === null) return null;
  try {
    const end = text.lastIndexOf('.');
    const signed = text.slice(0, end);
    const [version, payload] = signed.split('.');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: leaseKey }, format: 'jwk' });
    if (version !== '1' || !verify(null, Buffer.from(signed), key, Buffer.from(text.slice(end + 1), 'base64url'))) return null;
    const lease = Lease.parse(JSON.parse(Buffer.from(payload!, 'base64url').toString('utf8')));
    const isOurs = lease.tenant === tenant && lease.member === member.id && lease.session === sessionId && lease.device === thumbprint;
    return isOurs ? lease : null;
  } catch {
    return null;
  }
}

/** How far a lease had been used up when it was last written down: `at` is the wall clock of then, both in milliseconds. */
export interface LeaseCount {
  readonly at: number;
  readonly leaseMs: number;
}

export interface LeaseKeeperOptions {
  readonly clock: Clock;
  isOnline(accountId: string): boolean;
  /** Half of it is used up while the server can be reached: a new one may be had. */
  renew(accountId: string): void;
  /** The account has been without an answer for longer than its lease. */
  over(accountId: string): void;
  /** Something was counted that should survive a restart. */
  save(accountId: string): void;
}

interface Held {
  lease: Lease | null;
  /** A server that gives no leases bounds nothing while the program runs. */
  bounded: boolean;
  readonly elapsed: Elapsed;
  usedMs: number;
}

/**
 * The offline leases of open accounts. A lease is used up by the time since it came, counted by `Elapsed`: over restarts by the wall clock,
 * which must not go back, else by the larger of both clocks. The server's own clock is never compared with this machine's.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #held = new Map<string, Held>();
  #cancel = () => {};

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /** Takes a lease up that came in an earlier run. Returns whether it holds. */
  resume(accountId: string, identity: Identity, thumbprint: string, before: LeaseCount | undefined): boolean {
    const elapsed = new Elapsed(this.#options.clock, before?.at);
    const lease = before === undefined ? null : verifiedLease(identity, thumbprint);
    this.#held.set(accountId, { lease, bounded: true, elapsed, usedMs: before?.leaseMs ?? 0 });
    this.#wake();
    return this.holds(accountId);
  }

  /** The server answered with an identity and its lease. Returns whether it holds. */
  renewed(accountId: string, identity: Identity, thumbprint: string): boolean {
    const lease = verifiedLease(identity, thumbprint);
    const bounded = identity.leaseKey !== null;
    this.#held.set(accountId, { lease, bounded, elapsed: new Elapsed(this.#options.clock), usedMs: 0 });
    this.#wake();
    return this.holds(accountId);
  }

  close(accountId: string): void {
    this.#held.delete(accountId);
  }

  stop(): void {
    this.#held.clear();
    this.#cancel();
  }

  /** The hours that the lease was given for; null where there is none. */
  hours(accountId: string): number | null {
    return this.#held.get(accountId)?.lease?.hours ?? null;
  }

  holds(accountId: string): boolean {
    const held = this.#held.get(accountId);
    return held !== undefined && this.#leftMs(held) > 0;
  }

  /** How much of the lease is used up, in milliseconds. */
  usedMs(accountId: string): number {
    const held = this.#held.get(accountId);
    if (held === undefined) return 0;
    this.#leftMs(held);
    return held.usedMs;
  }

  /** Compares the clocks with the leases now: by itself, after a wake-up, and before anything is shown. */
  look(): void {
    const { isOnline, renew, over } = this.#options;
    for (const [accountId, held] of this.#held) {
      const leftMs = this.#leftMs(held);
      if (isOnline(accountId)) {
        // A line that stands is an answer; its lease must be fresh when it breaks.
        if (held.lease !== null && leftMs < (held.lease.hours * hour) / 2) renew(accountId);
      } else if (leftMs <= 0) over(accountId);
    }
  }

  #leftMs(held: Held): number {
    held.usedMs += held.elapsed.take();
    if (!held.bounded) return Infinity;
    return held.lease === null ? 0 : held.lease.hours * hour - held.usedMs;
  }

  #wake(): void {
    this.#cancel();
    const left = [...this.#held.values()].map((held) => this.#leftMs(held)).filter((ms) => ms > 0 && ms !== Infinity);
    if (left.length === 0) return;
    // Half of the shortest: while the line stands, that is when it is renewed.
    const pause = Math.min(longestLookMs, Math.max(1_000, Math.min(...left) / 2));
    this.#cancel = this.#options.clock.after(pause, () => {
      this.look();
      for (const accountId of this.#held.keys()) this.#options.save(accountId);
      this.#wake();
    });
  }
}
