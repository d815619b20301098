import { z } from 'zod';
import { AccountId, Count, Id } from '#shared/model/ids.ts';
import { SyncState } from './sync.ts';
import { op } from './operation.ts';

/** Entries of the OS keychain, apart per account (DESIGN: identity and sessions). */
export const KeychainEntry = z.enum(['device_key', 'session', 'database']);
export type KeychainEntry = z.infer<typeof KeychainEntry>;

/** What the agent asks of its host (the main process; headless programs serve it themselves). */
export const host = {
  'keychain.available': op({}, { available: z.boolean() }),
  'keychain.get': op({ accountId: AccountId, entry: KeychainEntry }, { secret: z.string().nullable() }),
  'keychain.set': op({ accountId: AccountId, entry: KeychainEntry, secret: z.string().max(8_192) }, {}),
  'keychain.delete': op({ accountId: AccountId, entry: KeychainEntry }, {}),
  /** A handle's place on disk; null when it was never given out. */
  'handle.path': op({ handle: Id }, { path: z.string().nullable() }),
  'notification.show': op({ accountId: AccountId, roomId: Id, title: z.string(), body: z.string(), messageId: Id }, {}),
  /** Takes notifications of a room back once it is read anywhere. */
  'notification.withdraw': op({ accountId: AccountId, roomId: Id }, {}),
  'status.set': op({ unread: Count, mentions: Count, sync: SyncState, online: z.boolean() }, {}),
  'path.open': op({ path: z.string(), reveal: z.boolean() }, {}),
  'settings.get': op({ accountId: AccountId.nullable() }, { settings: z.record(z.string(), z.unknown()) }),
} as const;
export type HostContract = typeof host;
