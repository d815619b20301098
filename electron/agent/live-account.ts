import type { AccountCore } from '#shared/client/account.ts';
import type { ClientHost } from '#shared/client/context.ts';
import type { AccountList, AccountRecord } from './account-list.ts';
import type { Farewells } from './farewell/farewells.ts';
import type { Secrets } from './host/secrets.ts';
import type { KeptSession } from './kept-session.ts';
import type { LocalPart } from './local-part.ts';
import type { Session, SessionOptions } from './open-session.ts';
import type { DeviceKey } from './transport/device-key.ts';

export interface LiveAccountsOptions {
  readonly profile: string;
  readonly host: ClientHost;
  readonly list: AccountList;
  /** What becomes of local data when an account leaves. */
  readonly farewells: Farewells;
  /** Where secrets lie in this run, and whether they survive a restart. */
  secrets(): Promise<{ secrets: Secrets; available: boolean }>;
  sessionOptions(url: string, key: DeviceKey, save: SessionOptions['save'], onEnded: (reason: string) => void): SessionOptions;
  /** An account opened: other parts (sync) may begin, or must wait for a login with a password for that reason (ACC-30). */
  onOpened?(account: OpenAccount, waits: string | null): void;
  /** An account is about to close: other parts end their work with it. Its store is closed once this is done. `why` it may not be used any more; null where only the program ends. */
  onClosing?(accountId: string, why: string | null): Promise<void>;
  /** An account is about to log out, online: what was not sent is sent, as far as `signal` lets it. */
  onLoggingOut?(accountId: string, signal: AbortSignal): Promise<void>;
  /** The rules in force for an account changed. */
  onPolicy?(accountId: string): void;
}

/** A logged-in account with what its other parts need. */
export interface OpenAccount extends Pick<LocalPart, 'folder' | 'databaseKey' | 'openDatabase'> {
  readonly core: AccountCore;
  readonly session: Session;
}

/** The newest refresh token and identity; what keep-login would write. */
export type Latest = Pick<KeptSession, 'refreshToken' | 'identity'>;

export interface LiveAccount extends OpenAccount {
  readonly record: AccountRecord;
  readonly thumbprint: string;
  latest: Latest;
  /** Why nothing of it may be opened until the server answers; null while it is open. */
  readonly closedFor: string | null;
  /** Why its other parts wait for a login with a password (ACC-30). */
  waits: string | null;
  /** The person gave a password in this run. */
  proven: boolean;
}
