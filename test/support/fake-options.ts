import type { OtherAccount } from './fake-accounts.ts';
import type { FakeLoginOptions } from './fake-login.ts';

/** How a fake host begins. */
export interface FakeOptions extends FakeLoginOptions {
  /** Epoch milliseconds when it starts. */
  readonly now: number;
  readonly loggedIn: boolean;
  readonly language?: 'ja' | 'en';
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Settings that IT has enforced. */
  readonly enforced?: Readonly<Record<string, unknown>>;
  readonly policy?: unknown;
  readonly keychain?: boolean;
  /** How long an answer takes, in milliseconds. */
  readonly delay?: number;
  /** Dangerous acts ask again who one is. */
  readonly asksAgain?: boolean;
  /** Accounts that are open beside the first. */
  readonly others?: readonly OtherAccount[];
  /** A Drive with content and synced folders beside it (`window.fakeDrive`). */
  readonly drive?: boolean;
}
