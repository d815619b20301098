import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { deny } from '#shared/model/decision.ts';
import { denial } from '#shared/policy/denial.ts';

/** Failed logins that are taken within the window before further ones are refused, and the window itself in seconds. */
export interface AttemptLimits {
  readonly windowSeconds: number;
  readonly perAddress: number;
  readonly perAccount: number;
  /** One address guessing at one account. */
  readonly perPair: number;
}
export const defaultAttemptLimits: AttemptLimits = { windowSeconds: 900, perAddress: 50, perAccount: 20, perPair: 8 };

export interface Attempts {
  /**
   * To be called before the password is looked at: counts the attempt as failed until `succeeded` takes it back, so that many at once
   * cannot slip through. Throws `rate_limited` with `retryAfterSeconds`.
   */
  begin(address: string, account: string): Promise<{ succeeded(): Promise<void> }>;
}

/** Counts in memory: a restart forgives, which is harmless, and a lock always ends by itself (never a way to lock people out for good). */
export function loginAttempts(limits: AttemptLimits): Attempts {
  const limiter = (keyPrefix: string, points: number) => new RateLimiterMemory({ keyPrefix, points, duration: limits.windowSeconds });
  const addresses = limiter('address', limits.perAddress);
  const accounts = limiter('account', limits.perAccount);
  const pairs = limiter('pair', limits.perPair);
  return {
    begin: async (address, account) => {
      const pair = `${address} ${account}`;
      try {
        await pairs.consume(pair);
        await accounts.consume(account);
        await addresses.consume(address);
      } catch (cause) {
        if (!(cause instanceof RateLimiterRes)) throw cause;
        const retryAfterSeconds = Math.max(1, Math.ceil(cause.msBeforeNext / 1_000));
        throw denial(deny('too_many_attempts', 'ACC-05'), { retryAfterSeconds });
      }
      return {
        succeeded: async () => {
          await pairs.delete(pair);
          await accounts.delete(account);
          await addresses.reward(address);
        },
      };
    },
  };
}
