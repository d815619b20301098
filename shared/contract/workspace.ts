import { z } from 'zod';
import { Node, Permission, Space, Version } from '#shared/model/drive.ts';
import { AccountId, Count, Id, Instant, Uuid } from '#shared/model/ids.ts';
import { Farewell } from '#shared/model/farewell.ts';
import { Member, Role } from '#shared/model/member.ts';
import { Policy } from '#shared/model/policy.ts';
import { Session } from './tenant.ts';
import { Membership, Message, Room, longestMessage, mostMessageFiles } from '#shared/model/talk.ts';
import { AccountSecurity } from './account.ts';
import { LoginAnswer, LoginMethod, LoginNeed } from './login.ts';
import { op, opOf } from './operation.ts';
import { workspaceDrive } from './workspace-drive.ts';

/** `online` only after an answer of the server; `offline` keeps everything usable; `locked` shows nothing of the content. */
export const Connection = z.enum(['online', 'connecting', 'offline', 'locked', 'upgrade_required']);
export type Connection = z.infer<typeof Connection>;

/** An account that is logged in on this client. */
export const Account = z.object({
  accountId: AccountId,
  serverUrl: z.string(),
  tenant: z.string(),
  tenantName: z.string(),
  member: Member,
  role: Role,
  /** ADM-09: the permission template in force for this member; its services are in `policy.permissions`. */
  templateId: Id.default('default'),
  connection: Connection,
  /** Why it is locked or must be updated, as in a decision; null or missing otherwise. */
  reason: z.string().nullable().optional(),
  /** What that reason is about, where the server said it: the address that is refused, the version that is needed. */
  subject: z.string().nullable().optional(),
  /** When the server last answered; null before the first answer of this run. */
  lastAnswerAt: Instant.nullable(),
  policyRevision: Count,
  policy: Policy,
  unread: Count,
  mentions: Count,
  /** Messages that wait to be sent; missing where the host does not count them. */
  unsent: Count.optional(),
  /** Whether the local store survives a restart: false without a keychain. */
  persistent: z.boolean(),
  /** Codes of what the person should know about the local data, such as `database_damaged`: it was kept aside and rebuilt. */
  notices: z.array(z.string()).optional(),
});
export type Account = z.infer<typeof Account>;

/** A message that has not reached the server (yet). */
export const Outgoing = z.object({
  id: Uuid,
  roomId: Id,
  text: z.string(),
  files: z.array(z.object({ name: z.string(), sizeBytes: Count, sentBytes: Count })),
  createdAt: Instant,
  /** `waiting` while offline, `sending` once handed to the network, `failed` when the server said no: then `reason` says why. */
  state: z.enum(['waiting', 'sending', 'failed']),
  code: z.string().nullable(),
  reason: z.string().nullable(),
  subject: z.string().nullable(),
});
export type Outgoing = z.infer<typeof Outgoing>;

/** A message as the conversation shows it, with who has read it (counts of other members). */
export const ShownMessage = Message.extend({ readBy: Count });
export type ShownMessage = z.infer<typeof ShownMessage>;

/** A file the person picked, dropped or pasted. The host keeps what it stands for; the renderer never names a path. */
export const FileHandle = z.object({ handle: Id, name: z.string(), sizeBytes: Count, kind: z.enum(['file', 'folder']) });
export type FileHandle = z.infer<typeof FileHandle>;

/** One upload or download that a person started. */
export const Transfer = z.object({
  id: Uuid,
  direction: z.enum(['up', 'down']),
  name: z.string(),
  spaceId: Id.nullable(),
  folderId: Id.nullable(),
  sizeBytes: Count,
  doneBytes: Count,
  bytesPerSecond: Count,
  /** `paused` by the person. */
  state: z.enum(['queued', 'running', 'paused', 'done', 'failed', 'refused', 'cancelled']),
  code: z.string().nullable(),
  reason: z.string().nullable(),
  subject: z.string().nullable(),
  /** True when the finished file can be shown in the file manager. */
  revealable: z.boolean(),
});
export type Transfer = z.infer<typeof Transfer>;

const of = { accountId: AccountId };

/** How a login stands: open, or waiting for an answer of the person. */
const LoginProgress = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open'), accountId: AccountId }),
  z.object({ kind: z.literal('continue'), loginId: Id, need: LoginNeed }),
]);
export type LoginProgress = z.infer<typeof LoginProgress>;

/** What the renderer asks of its host: the agent in the app, a worker in the browser. Answers come from the local store first. */
const core = {
  'workspace.info': op(
    {},
    { host: z.enum(['app', 'browser']), version: z.string(), serverUrl: z.string().nullable(), keychain: z.boolean() },
  ),
  'account.list': op({}, { accounts: z.array(Account) }),
  /** Asks a server who it is; `demoAccounts` only where the server runs a demo. */
  'server.look': op(
    { serverUrl: z.string().max(500) },
    {
      serverUrl: z.string(),
      version: z.string(),
      tenant: z.object({ name: z.string(), displayName: z.string() }).nullable(),
      /** ACC-30: whether this program may keep logins there; missing where the server does not say before login. */
      keepLogin: z.boolean().optional(),
      demoAccounts: z.array(z.object({ memberId: z.string(), name: z.string(), password: z.string() })),
    },
  ),
  'account.login': opOf(
    { serverUrl: z.string().max(500), member: z.string().min(1).max(80), password: z.string().min(1).max(128), keepLogin: z.boolean() },
    LoginProgress,
  ),
  /** Answers what a login still needs; `loginId` is the one that `account.login` gave. */
  'account.continueLogin': opOf({ loginId: Id, answer: LoginAnswer }, LoginProgress),
  'account.cancelLogin': op({ loginId: Id }, {}),
  /** Other ways to log in at that server (ACC-23, ACC-26). */
  'login.methods': op({ serverUrl: z.string().max(500), member: z.string().max(80).optional() }, { methods: z.array(LoginMethod) }),
  /** Logs in through the system's browser. Waits until the person came back, cancelled (`account.cancelLogin` with `loginId`), or five minutes passed. */
  'account.loginExternal': opOf(
    { loginId: Id, serverUrl: z.string().max(500), method: Id, member: z.string().max(80).optional(), keepLogin: z.boolean() },
    LoginProgress,
  ),
  /** A login with which the page came back from an identity provider (browsers only); asked once, when the login form appears. */
  'account.pendingLogin': op({}, { progress: LoginProgress.nullable() }),
  /** ACC-11. `ticket` goes with the code into `recovery.finish`. */
  'recovery.begin': op({ serverUrl: z.string().max(500), member: z.string().min(1).max(80) }, { ticket: z.string() }),
  'recovery.finish': op(
    { serverUrl: z.string().max(500), ticket: z.string().max(200), code: z.string().max(20), password: z.string().min(1).max(128) },
    {},
  ),
  'recovery.memberId': op({ serverUrl: z.string().max(500), email: z.string().max(200) }, {}),

  /** One's own account's security, asked of the server each time: `unavailable` while offline. */
  'security.get': op(of, AccountSecurity.shape),
  'security.reauthenticate': op(
    { ...of, password: z.string().max(128).optional(), code: z.string().max(40).optional(), passkey: z.unknown().optional() },
    { freshUntil: Instant },
  ),
  /** In a browser: options for `navigator.credentials.get`, before `security.reauthenticate` with its answer. */
  'security.passkeyOptions': op(of, { options: z.unknown() }),
  'security.changePassword': op({ ...of, current: z.string().max(128), password: z.string().min(1).max(128) }, { ended: Count }),
  'security.beginTotp': op(of, { secret: z.string(), uri: z.string() }),
  'security.confirmTotp': op({ ...of, code: z.string().max(10) }, { recoveryCodes: z.array(z.string()).nullable() }),
  'security.removeTotp': op(of, {}),
  'security.setEmail': op({ ...of, address: z.string().max(200) }, {}),
  'security.confirmEmail': op({ ...of, code: z.string().max(20) }, {}),
  'security.setEmailCode': op({ ...of, enabled: z.boolean() }, { recoveryCodes: z.array(z.string()).nullable() }),
  'security.renewRecoveryCodes': op(of, { recoveryCodes: z.array(z.string()) }),
  'security.removePasskey': op({ ...of, id: Id }, {}),
  /** In a browser: options for `navigator.credentials.create`, then its answer. The app opens the browser edition instead. */
  'security.beginPasskey': op(of, { options: z.unknown() }),
  'security.finishPasskey': op(
    { ...of, name: z.string().min(1).max(100), response: z.unknown() },
    { recoveryCodes: z.array(z.string()).nullable() },
  ),
  'security.removeTrustedDevice': op({ ...of, id: Id }, {}),
  /** One's own sessions (ACC-40), and ending one, or all others (ACC-41). */
  'security.sessions': op(of, { sessions: z.array(Session) }),
  'security.endSession': op({ ...of, sessionId: Id.nullable() }, { ended: Count }),
  /** EXP-03: a newer login with a program of the same kind ends the older ones. */
  'security.singleLogin': op(of, { on: z.boolean() }),
  'security.setSingleLogin': op({ ...of, on: z.boolean() }, { on: z.boolean() }),
  'account.logout': op(of, {}),
  /** What was kept, moved, sealed or erased when accounts left this device (EXP-08, ACC-50, ACC-51), until the person has read it. */
  'account.farewell': op({ seen: z.array(Id).max(1_000).default([]) }, { farewells: z.array(Farewell) }),
  /** ACC-30: a rule and a switch for each program: the app, and the sync agent, whose folders wait for a login where it is off. */
  'account.setKeepLogin': op(
    { ...of, keepLogin: z.boolean(), program: z.enum(['pc-app', 'drive-explorer']).default('pc-app') },
    { keepLogin: z.boolean() },
  ),
  'account.keepLogin': op(of, {
    keepLogin: z.boolean(),
    permitted: z.boolean(),
    keychain: z.boolean(),
    driveExplorer: z.object({ keepLogin: z.boolean(), permitted: z.boolean() }).optional(),
  }),
  /** The person touched the program: a key, a click, a scroll (ACC-34). Renderers say so at most every ten seconds. */
  'account.active': op({}, {}),

  'directory.list': op(of, { members: z.array(Member) }),
  'room.list': op(of, { rooms: z.array(Room.extend({ draft: z.string().nullable() })) }),
  'room.create': op(
    { ...of, kind: z.enum(['direct', 'group']), name: z.string().max(100).nullable(), memberIds: z.array(Id) },
    { roomId: Id },
  ),
  'room.members': op({ ...of, roomId: Id }, { memberships: z.array(Membership) }),
  'room.markRead': op({ ...of, roomId: Id, sequence: Count }, {}),
  'room.pin': op({ ...of, roomId: Id, pinned: z.boolean() }, {}),
  /** The newest messages known (or those before a place), oldest first, and what waits to be sent. */
  'message.list': op(
    { ...of, roomId: Id, beforeSequence: Count.optional(), limit: z.number().int().min(1).max(200).default(50) },
    { messages: z.array(ShownMessage), outgoing: z.array(Outgoing), reachedStart: z.boolean() },
  ),
  /** Answers as soon as the message is safe in the local store. */
  'message.send': op(
    {
      ...of,
      roomId: Id,
      text: z.string().max(longestMessage),
      mentions: z.array(Id).default([]),
      handles: z.array(Id).max(mostMessageFiles).default([]),
      /** Files of Drive that go along; not a byte of them is sent (FIL-03). */
      nodeIds: z.array(Id).max(mostMessageFiles).default([]),
    },
    { id: Uuid },
  ),
  'message.retry': op({ ...of, id: Uuid }, {}),
  /** Takes a waiting or failed message back: its text is returned for the composer. */
  'message.takeBack': op({ ...of, id: Uuid }, { text: z.string() }),
  'draft.get': op({ ...of, roomId: Id }, { text: z.string() }),
  'draft.set': op({ ...of, roomId: Id, text: z.string().max(longestMessage) }, {}),
  /** An attachment was taken out of a draft: a copy that the host made of it goes. */
  'draft.discardFile': op({ ...of, handle: Id }, {}),

  'drive.spaces': op(of, { spaces: z.array(Space) }),
  /**
   * What is in a folder, as far as it is known here. With `since` (empty, then the `stamp` of the answer before) it comes in parts: `nodes` are
   * those that are new or different, `gone` those that are there no more, until `more` is false; `whole` says to begin with nothing.
   */
  'drive.children': op(
    { ...of, folderId: Id, since: z.string().max(200).optional() },
    {
      folder: Node,
      path: z.array(z.object({ id: Id, name: z.string() })),
      nodes: z.array(Node),
      permission: Permission,
      /** False while more entries of a large folder are still on their way; `drive.changed` tells when they are there. */
      complete: z.boolean().default(true),
      gone: z.array(Id).optional(),
      stamp: z.string().optional(),
      more: z.boolean().optional(),
      whole: z.boolean().optional(),
    },
  ),
  'drive.createFolder': op({ ...of, spaceId: Id, parentId: Id, name: z.string() }, { node: Node }),
  'drive.move': op({ ...of, spaceId: Id, nodeId: Id, parentId: Id, name: z.string() }, { node: Node }),
  'drive.delete': op({ ...of, spaceId: Id, nodeIds: z.array(Id).min(1).max(1_000) }, {}),
  'drive.restore': op({ ...of, spaceId: Id, nodeIds: z.array(Id).min(1).max(1_000) }, {}),
  'drive.versions': op({ ...of, nodeId: Id }, { versions: z.array(Version) }),
  'drive.restoreVersion': op({ ...of, spaceId: Id, nodeId: Id, version: Count }, { node: Node }),
  'drive.trash': op(
    { ...of, spaceId: Id },
    { nodes: z.array(z.object({ node: Node, trashedAt: Instant, trashedBy: Id, path: z.string() })) },
  ),
  /** Starts uploads; a name that is taken becomes a new version of that file. */
  'drive.upload': op({ ...of, spaceId: Id, folderId: Id, handles: z.array(Id).min(1).max(1_000) }, { transferIds: z.array(Uuid) }),
  /** In the app `handle` says where to save (from `shell.chooseSavePlace`); a browser saves in its own way and passes null. */
  'drive.download': op({ ...of, nodeId: Id, version: Count.optional(), handle: Id.nullable() }, { transferId: Uuid.nullable() }),
  'message.download': op({ ...of, messageId: Uuid, fileId: Id, handle: Id.nullable() }, { transferId: Uuid.nullable() }),
  /** Puts a file of a message into a folder of Drive, without fetching it (TLK-26, FIL-03). */
  'message.saveToDrive': op({ ...of, messageId: Uuid, fileId: Id, spaceId: Id, folderId: Id }, { node: Node }),
  'transfer.list': op(of, { transfers: z.array(Transfer) }),
  'transfer.cancel': op({ ...of, id: Uuid }, {}),
  'transfer.retry': op({ ...of, id: Uuid }, {}),
  'transfer.clear': op(of, {}),
} as const;
export const workspace = { ...core, ...workspaceDrive } as const;
export type WorkspaceContract = typeof workspace;

/** Hints from the host to the renderer; the renderer asks again for what it shows. */
export const WorkspaceEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('accounts.changed') }),
  /** An account ended or locked: `reason` as in a decision, chosen text says what and whom to ask. */
  z.object({ type: z.literal('account.ended'), accountId: AccountId, reason: z.string() }),
  z.object({ type: z.literal('rooms.changed'), accountId: AccountId }),
  z.object({ type: z.literal('messages.changed'), accountId: AccountId, roomId: Id }),
  z.object({ type: z.literal('directory.changed'), accountId: AccountId }),
  z.object({ type: z.literal('spaces.changed'), accountId: AccountId }),
  z.object({ type: z.literal('drive.changed'), accountId: AccountId, spaceId: Id }),
  z.object({ type: z.literal('transfers.changed'), accountId: AccountId }),
  /** Files that are open in other programs (`drive.edits`). */
  z.object({ type: z.literal('edits.changed'), accountId: AccountId }),
  z.object({ type: z.literal('policy.changed'), accountId: AccountId }),
  z.object({ type: z.literal('sync.changed'), accountId: AccountId }),
  z.object({ type: z.literal('settings.changed') }),
  /** ACC-33: an account will be logged out for want of activity at that time unless the person moves; null when the warning is over. */
  z.object({ type: z.literal('idle.warning'), accountId: AccountId, endsAt: Instant.nullable() }),
  /** The shell asks the renderer to go somewhere (a clicked notification, a tray entry). */
  z.object({ type: z.literal('navigate'), accountId: AccountId.nullable(), to: z.string() }),
]);
export type WorkspaceEvent = z.infer<typeof WorkspaceEvent>;
