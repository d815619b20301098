import { AppError } from '#shared/base/errors.ts';
import { serve, type Handlers, type Reply } from '#shared/contract/operation.ts';
import { shell } from '#shared/contract/shell.ts';
import {
  workspace,
  type Account,
  type FileHandle,
  type Outgoing,
  type Transfer,
  type WorkspaceContract,
  type WorkspaceEvent,
} from '#shared/contract/workspace.ts';
import { Policy, type Policy as Rules } from '#shared/model/policy.ts';
import type { Message, Room } from '#shared/model/talk.ts';
import { decideFile } from '#shared/policy/decide-file.ts';
import { OtherAccounts } from './fake-accounts.ts';
import { fakeCompany } from './fake-company.ts';
import { fakeLogin, fakePassword } from './fake-login.ts';
import type { FakeOptions } from './fake-options.ts';
import { fakeSecurity } from './fake-security.ts';
import { fakeShell } from './fake-shell.ts';
import { finishedDownload } from './fake-transfers.ts';

const accountId = 'account-1';
const uuid = (): string => crypto.randomUUID();

/**
 * A host with behaviour for the renderer: a company in memory, an outbox that empties while it is online, rules, settings and
 * transfers. Tests steer it by its methods, as the world outside would.
 */
export class FakeHost {
  readonly calls: { name: string; input: unknown }[] = [];
  readonly drafts = new Map<string, string>();
  readonly #options: FakeOptions;
  readonly #company;
  readonly #listeners = new Set<(event: unknown) => void>();
  readonly #handles = new Map<string, FileHandle>();
  /** Files of Drive, where there is one beside it. */
  driveFile: (nodeId: string) => { name: string; sizeBytes: number } = () => {
    throw new AppError('not_found', 'No Drive here');
  };
  readonly #read = new Map<string, number>();
  #outgoing: Outgoing[] = [];
  #transfers: Transfer[] = [];
  readonly #others: OtherAccounts;
  #loggedIn: boolean;
  #connection: Account['connection'] = 'online';
  #reason: string | null = null;
  #subject: string | null = null;
  #lastAnswerAt: number;
  #policy: Rules;
  #revision = 418;
  #keepLogin = { 'pc-app': true, 'drive-explorer': true };
  /** What the server says to the next message: null accepts. */
  refusal: { code: string; reason: string | null; subject: string | null } | null = null;

  constructor(options: FakeOptions) {
    this.#options = options;
    this.#company = fakeCompany(options.now);
    this.#others = new OtherAccounts(options.others);
    this.#loggedIn = options.loggedIn;
    this.#lastAnswerAt = options.now;
    this.#policy = Policy.parse(options.policy ?? {});
  }

  /** The bridge as the preload script offers it. */
  bridge() {
    const answerWorkspace = serve(workspace, this.#workspace(), console.error);
    const answerShell = serve(
      shell,
      fakeShell(this.#options, this.#handles, () => this.emit({ type: 'settings.changed' })),
      console.error,
    );
    return {
      call: async (name: string, input: unknown): Promise<Reply> => {
        this.calls.push({ name, input });
        const { delay } = this.#options;
        if (delay !== undefined) await new Promise((resolve) => setTimeout(resolve, delay));
        return name.startsWith('shell.') ? answerShell(name, input, undefined) : answerWorkspace(name, input, undefined);
      },
      onEvent: (listener: (event: unknown) => void) => {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
      registerFiles: async (files: File[]): Promise<FileHandle[]> =>
        files.map(({ name, size }) => {
          const handle: FileHandle = { handle: uuid(), name, sizeBytes: size, kind: 'file' };
          this.#handles.set(handle.handle, handle);
          return handle;
        }),
    };
  }

  emit(event: WorkspaceEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Somebody else says something. */
  say(roomId: string, senderId: string, text: string, mentions: readonly string[] = []): void {
    this.#add(roomId, { senderId, text, mentions: [...mentions], files: [] }, uuid());
  }

  /** Others have read a room up to a sequence: every message of oneself up to it counts `readers`. */
  readBy(roomId: string, readers: number): void {
    this.#read.set(roomId, readers);
    this.emit({ type: 'messages.changed', accountId, roomId });
  }

  /** A file of a message. */
  messageFile(messageId: string, fileId: string): { name: string; sizeBytes: number } {
    const file = this.#company.messages.find(({ id }) => id === messageId)?.files.find(({ id }) => id === fileId);
    if (file === undefined) throw new AppError('not_found', 'No such file');
    return file;
  }

  goOffline(): void {
    this.#connection = 'offline';
    this.emit({ type: 'accounts.changed' });
  }

  goOnline(): void {
    this.#connection = 'online';
    this.#lastAnswerAt = Date.now();
    this.emit({ type: 'accounts.changed' });
    for (const waiting of this.#outgoing.filter(({ state }) => state === 'waiting')) void this.#deliver(waiting);
  }

  setPolicy(policy: unknown): void {
    this.#policy = Policy.parse(policy);
    this.#revision += 1;
    this.emit({ type: 'policy.changed', accountId });
  }

  endOther(otherId: string, reason: string): void {
    this.#others.end(otherId);
    this.emit({ type: 'account.ended', accountId: otherId, reason });
    this.emit({ type: 'accounts.changed' });
  }

  lock(reason: string, subject: string | null = null): void {
    this.#subject = subject;
    this.#connection = reason === 'upgrade_required' ? 'upgrade_required' : 'locked';
    this.#reason = reason;
    this.emit({ type: 'account.ended', accountId, reason });
    this.emit({ type: 'accounts.changed' });
  }

  #account(): Account {
    const rooms = this.#company.rooms;
    return {
      accountId,
      serverUrl: 'https://shiranami.hikyaku.example',
      tenant: 'shiranami',
      tenantName: '白浪精機株式会社',
      member: this.#company.own,
      role: 'member',
      templateId: 'default',
      connection: this.#connection,
      reason: this.#reason,
      subject: this.#subject,
      lastAnswerAt: this.#lastAnswerAt,
      policyRevision: this.#revision,
      policy: this.#policy,
      unread: rooms.reduce((sum, room) => sum + room.lastSequence - room.me.lastReadSequence, 0),
      mentions: rooms.reduce((sum, room) => sum + room.me.mentions, 0),
      unsent: this.#outgoing.length,
      persistent: this.#options.keychain !== false,
    };
  }

  #room(roomId: string): Room {
    const room = this.#company.rooms.find(({ id }) => id === roomId);
    if (room === undefined) throw new AppError('not_found', 'No such room');
    return room;
  }

  #replaceRoom(room: Room): void {
    this.#company.rooms.splice(
      this.#company.rooms.findIndex(({ id }) => id === room.id),
      1,
      room,
    );
    this.emit({ type: 'rooms.changed', accountId });
  }

  #add(roomId: string, said: Pick<Message, 'senderId' | 'text' | 'mentions' | 'files'>, id: string): void {
    const room = this.#room(roomId);
    const message: Message = { id, roomId, sequence: room.lastSequence + 1, sentAt: Date.now(), change: Date.now(), ...said };
    this.#company.messages.push(message);
    const own = said.senderId === this.#company.own.id;
    this.#replaceRoom({
      ...room,
      lastSequence: message.sequence,
      lastMessage: message,
      me: {
        ...room.me,
        lastReadSequence: own ? message.sequence : room.me.lastReadSequence,
        mentions: room.me.mentions + (said.mentions.includes(this.#company.own.id) ? 1 : 0),
      },
    });
    this.emit({ type: 'messages.changed', accountId, roomId });
  }

  #change(id: string, change: Partial<Outgoing>): void {
    this.#outgoing = this.#outgoing.map((waiting) => (waiting.id === id ? { ...waiting, ...change } : waiting));
    const { roomId } = this.#outgoing.find((waiting) => waiting.id === id)!;
    this.emit({ type: 'messages.changed', accountId, roomId });
  }

  async #deliver({ id, roomId, text, files }: Outgoing): Promise<void> {
    this.#change(id, { state: 'sending', code: null, reason: null, subject: null });
    await new Promise((resolve) => setTimeout(resolve, 30));
    if (this.#connection !== 'online') return this.#change(id, { state: 'waiting' });
    const refused = files
      .map((file) => decideFile({ kind: 'file', direction: 'send', service: 'talk', ...file }, this.#policy))
      .find(({ effect }) => effect === 'deny');
    const why =
      this.refusal ?? (refused?.effect === 'deny' ? { code: 'denied', reason: refused.reason, subject: refused.subject ?? null } : null);
    // What waits for the scanner goes by itself once that is done.
    if (why !== null) return this.#change(id, { state: why.reason === 'scan_pending' ? 'waiting' : 'failed', ...why });
    this.#outgoing = this.#outgoing.filter((waiting) => waiting.id !== id);
    this.#add(
      roomId,
      {
        senderId: this.#company.own.id,
        text,
        mentions: [],
        files: files.map(({ name, sizeBytes }, index) => ({ id: `${id}-${index}`, name, sizeBytes, contentHash: 'b'.repeat(64) })),
      },
      id,
    );
  }

  #workspace(): Handlers<WorkspaceContract, undefined> {
    const { own, members, messages } = this.#company;
    const missing = async (): Promise<never> => {
      throw new AppError('not_found', 'Not in this fake');
    };
    const others = Object.fromEntries(Object.keys(workspace).map((name) => [name, missing])) as unknown as Handlers<
      WorkspaceContract,
      unknown
    >;
    return {
      ...others,
      ...fakeLogin(this.#options, members, () => {
        this.#loggedIn = true;
        setTimeout(() => this.emit({ type: 'accounts.changed' }), 0);
        return accountId;
      }),
      ...fakeSecurity(this.#options.now, () => this.#policy, this.#options.asksAgain ?? false),
      'workspace.info': async () => ({
        host: 'app',
        version: '0.1.0',
        serverUrl: 'https://shiranami.hikyaku.example',
        keychain: this.#options.keychain !== false,
      }),
      'account.list': async () => ({
        accounts: this.#loggedIn ? [this.#account(), ...this.#others.list(this.#account())] : [],
      }),
      'server.look': async ({ serverUrl }) => {
        if (serverUrl.includes('nowhere')) throw new AppError('unavailable', 'No answer');
        return {
          serverUrl,
          version: '0.1.0',
          tenant: { name: 'shiranami', displayName: '白浪精機株式会社' },
          keepLogin: this.#policy.keepLogin.pcApp,
          demoAccounts: members.slice(0, 3).map(({ memberId, name }) => ({ memberId, name, password: fakePassword })),
        };
      },
      'account.logout': async () => {
        this.#loggedIn = false;
        this.emit({ type: 'account.ended', accountId, reason: 'logged_out' });
        this.emit({ type: 'accounts.changed' });
        return {};
      },
      'account.setKeepLogin': async ({ keepLogin, program }) => ({ keepLogin: (this.#keepLogin[program] = keepLogin) }),
      'account.keepLogin': async () => ({
        keepLogin: this.#keepLogin['pc-app'],
        permitted: this.#policy.keepLogin.pcApp,
        keychain: this.#options.keychain !== false,
        driveExplorer: { keepLogin: this.#keepLogin['drive-explorer'], permitted: this.#policy.keepLogin.driveExplorer },
      }),
      'account.active': async () => ({}),
      'directory.list': async () => ({ members: [...members] }),
      'room.list': async () => ({ rooms: this.#company.rooms.map((room) => ({ ...room, draft: this.drafts.get(room.id) ?? null })) }),
      'room.create': async ({ kind, name, memberIds }) => {
        const known = this.#company.rooms.find(
          (room) => kind === 'direct' && room.kind === 'direct' && room.memberIds.includes(memberIds[0]!),
        );
        if (known !== undefined) return { roomId: known.id };
        const id = uuid();
        const me = { lastReadSequence: 0, mentions: 0, pinned: false, left: false };
        this.#company.rooms.push({
          id,
          kind,
          name,
          memberCount: memberIds.length + 1,
          memberIds: [own.id, ...memberIds],
          lastSequence: 0,
          lastMessage: null,
          me,
          change: 1,
        });
        this.emit({ type: 'rooms.changed', accountId });
        return { roomId: id };
      },
      'room.members': async ({ roomId }) => ({
        memberships: this.#room(roomId).memberIds.map((memberId) => ({ roomId, memberId, lastReadSequence: 0, left: false, change: 1 })),
      }),
      'room.markRead': async ({ roomId, sequence }) => {
        const room = this.#room(roomId);
        if (sequence > room.me.lastReadSequence)
          this.#replaceRoom({ ...room, me: { ...room.me, lastReadSequence: sequence, mentions: 0 } });
        return {};
      },
      'room.pin': async ({ roomId, pinned }) => {
        const room = this.#room(roomId);
        this.#replaceRoom({ ...room, me: { ...room.me, pinned } });
        return {};
      },
      'message.list': async ({ roomId, beforeSequence = Infinity, limit }) => {
        const before = messages.filter((message) => message.roomId === roomId && message.sequence < beforeSequence);
        const shown = before.slice(-limit);
        const readers = this.#read.get(roomId) ?? 0;
        return {
          messages: shown.map((message) => ({ ...message, readBy: message.senderId === own.id ? readers : 0 })),
          outgoing: this.#outgoing.filter((waiting) => waiting.roomId === roomId),
          reachedStart: shown.length === before.length,
        };
      },
      'message.send': async ({ roomId, text, handles, nodeIds }) => {
        const given = handles.map((handle) => {
          const { name, sizeBytes } = this.#handles.get(handle)!;
          return { name, sizeBytes, sentBytes: 0 };
        });
        const there = nodeIds.map((nodeId) => {
          const { name, sizeBytes } = this.driveFile(nodeId);
          return { name, sizeBytes, sentBytes: sizeBytes };
        });
        const files = [...given, ...there];
        const waiting: Outgoing = {
          id: uuid(),
          roomId,
          text,
          files,
          createdAt: Date.now(),
          state: 'waiting',
          code: null,
          reason: null,
          subject: null,
        };
        this.#outgoing.push(waiting);
        this.emit({ type: 'accounts.changed' });
        this.emit({ type: 'messages.changed', accountId, roomId });
        if (this.#connection === 'online') void this.#deliver(waiting);
        return { id: waiting.id };
      },
      'message.retry': async ({ id }) => {
        void this.#deliver(this.#outgoing.find((waiting) => waiting.id === id)!);
        return {};
      },
      'message.takeBack': async ({ id }) => {
        const { text, roomId } = this.#outgoing.find((waiting) => waiting.id === id)!;
        this.#outgoing = this.#outgoing.filter((waiting) => waiting.id !== id);
        this.emit({ type: 'messages.changed', accountId, roomId });
        return { text };
      },
      'draft.get': async ({ roomId }) => ({ text: this.drafts.get(roomId) ?? '' }),
      'draft.discardFile': async () => ({}),
      'draft.set': async ({ roomId, text }) => {
        if (text === '') this.drafts.delete(roomId);
        else this.drafts.set(roomId, text);
        this.emit({ type: 'rooms.changed', accountId });
        return {};
      },
      'message.download': async ({ fileId }) => {
        const file = messages.flatMap(({ files }) => files).find(({ id }) => id === fileId)!;
        const transfer = finishedDownload(file);
        this.#transfers.push(transfer);
        setTimeout(() => this.emit({ type: 'transfers.changed', accountId }), 0);
        return { transferId: transfer.id };
      },
      'transfer.list': async () => ({ transfers: this.#transfers }),
      'transfer.cancel': async () => ({}),
      'transfer.retry': async () => ({}),
      'transfer.clear': async () => {
        this.#transfers = [];
        return {};
      },
      'drive.spaces': async () => ({ spaces: [] }),
    };
  }
}
