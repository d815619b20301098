import { z } from 'zod';
import { AccountId, Count, Id, Instant } from '#shared/model/ids.ts';
import { SettingKeySchema, settingSources } from '#shared/model/settings.ts';
import { SyncState } from './sync.ts';
import { op } from './operation.ts';

/** Entries of the OS keychain, apart per account (DESIGN: identity and sessions). */
export const KeychainEntry = z.enum(['device_key', 'session', 'database']);
export type KeychainEntry = z.infer<typeof KeychainEntry>;

const Decided = z.object({ value: z.unknown(), source: z.enum(settingSources), locked: z.boolean() });

/** What the agent asks of its host (the main process; headless programs serve it themselves). */
export const host = {
  'keychain.available': op({}, { available: z.boolean() }),
  'keychain.get': op({ accountId: AccountId, entry: KeychainEntry }, { secret: z.string().nullable() }),
  'keychain.set': op({ accountId: AccountId, entry: KeychainEntry, secret: z.string().max(8_192) }, {}),
  'keychain.delete': op({ accountId: AccountId, entry: KeychainEntry }, {}),
  /** A handle's place on disk; null when it was never given out. */
  'handle.path': op({ handle: Id }, { path: z.string().nullable() }),
  /** Nothing needs this any more. Only the host's own copies of pasted content go; every other file stays. */
  'pasted.release': op({ path: z.string() }, {}),
  /** Nobody is logged in any more: what was pasted in this run goes, but for what unsent messages still need. */
  'pasted.clear': op({ keep: z.array(z.string()) }, {}),
  'notification.show': op({ accountId: AccountId, roomId: Id, title: z.string(), body: z.string(), messageId: Id }, {}),
  /** Takes notifications of a room back once it is read anywhere. */
  'notification.withdraw': op({ accountId: AccountId, roomId: Id }, {}),
  /** What tray and badge show. The optional part is what the tray's first line says; what is absent is not claimed. */
  'status.set': op(
    {
      unread: Count,
      mentions: Count,
      sync: SyncState,
      online: z.boolean(),
      lastAnswerAt: Instant.nullable().optional(),
      roots: Count.optional(),
      pendingFiles: Count.optional(),
      pendingBytes: Count.optional(),
      doneFiles: Count.optional(),
      issues: Count.optional(),
    },
    {},
  ),
  /** Opens an address in the system's browser: the server's own pages and those of a company's identity provider. */
  'url.open': op({ url: z.string().max(8_192) }, {}),
  'path.open': op({ path: z.string(), reveal: z.boolean() }, {}),
  /** Which proxy leads to an address, as the system says, in the words of PAC (`PROXY host:port; DIRECT`). */
  'proxy.resolve': op({ url: z.string().max(2_000) }, { answer: z.string() }),
  'settings.get': op({ accountId: AccountId.nullable() }, { settings: z.record(z.string(), z.unknown()) }),
  /** The app's settings with who decided each, for the diagnostics. */
  'settings.decided': op({}, { settings: z.record(SettingKeySchema, Decided) }),
} as const;
export type HostContract = typeof host;

/** What the host tells the agent unasked, as event frames on the same port. Unknown ones are ignored. */
export const HostEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('power'), state: z.enum(['suspend', 'resume', 'lock', 'unlock']) }),
  z.object({ type: z.literal('settings.changed') }),
  /** ACC-34: how long nobody has touched the machine, in seconds; said every half minute, and at once when somebody comes back. */
  z.object({ type: z.literal('idle'), seconds: Count }),
  /** The person came back to the window. */
  z.object({ type: z.literal('focus') }),
  /** Finish the step under way, close the store and exit; the host waits a few seconds, then ends the process. */
  z.object({ type: z.literal('stop') }),
]);
export type HostEvent = z.infer<typeof HostEvent>;

/** What the agent's process finds in its environment; beside it only what the OS needs (home, temporary folder, language). */
export const AgentEnvironment = z.object({
  /** The profile folder: everything that the agent keeps lies under it. */
  HIKYAKU_PROFILE: z.string(),
  HIKYAKU_VERSION: z.string(),
  /** The server that the login form offers first. */
  HIKYAKU_SERVER: z.string().optional(),
  /** Another build of the SQLite addon, for runtimes that cannot load the shipped one. */
  HIKYAKU_SQLITE_BINDING: z.string().optional(),
});
export type AgentEnvironment = z.infer<typeof AgentEnvironment>;
