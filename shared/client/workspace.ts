import { AppError } from '#shared/base/errors.ts';
import type { Handlers, OutputOf } from '#shared/contract/operation.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import type { Farewell } from '#shared/model/farewell.ts';
import { decideFile } from '#shared/policy/decide-file.ts';
import { denial } from '#shared/policy/denial.ts';
import type { AccountCore } from './account.ts';
import type { DesktopFiles } from './desktop-files.ts';
import { driveHandlers } from './drive-handlers.ts';
import type { FileEntry, Files } from './files.ts';
import { loginHandlers, type Logins } from './login.ts';
import { applied } from './mutate.ts';
import { releaseFiles } from './release-files.ts';
import { securityHandlers } from './security.ts';

/** The programs that can keep a login, each with a rule and a switch of its own (ACC-30). */
export type KeptProgram = 'pc-app' | 'drive-explorer';

/** The accounts of a host: how one logs in, stays and leaves there. */
export interface Accounts extends Logins {
  list(): AccountCore[];
  look(serverUrl: string): Promise<OutputOf<WorkspaceContract, 'server.look'>>;
  logout(accountId: string): Promise<void>;
  keepLogin(accountId: string): Promise<OutputOf<WorkspaceContract, 'account.keepLogin'>>;
  /** Returns what is in force afterwards. */
  setKeepLogin(accountId: string, keepLogin: boolean, program: KeptProgram): Promise<boolean>;
  /** What became of local data when accounts left; `seen` are those that the person has read. Missing where nothing is kept. */
  farewells?(seen: readonly string[]): Farewell[];
  /** The person touched the program (ACC-34). */
  active(): Promise<void>;
  /** The person proved again who they are: what waited for that goes on. */
  proven?(accountId: string): Promise<void>;
}

export interface WorkspaceOptions {
  readonly accounts: Accounts;
  readonly files: Files;
  info(): Promise<OutputOf<WorkspaceContract, 'workspace.info'>>;
  /** Missing where there is no desktop: a browser. */
  readonly desktop?: DesktopFiles;
  /** Where this host has the pictures of previews, without a trailing slash. */
  contentBase(accountId: string): string;
}

/** Serves the whole `workspace` contract over the accounts of one host. */
export function workspaceHandlers(options: WorkspaceOptions): Handlers<WorkspaceContract, unknown> {
  const { accounts, files, info, desktop, contentBase } = options;
  const find = (accountId: string): AccountCore => {
    const account = accounts.list().find((candidate) => candidate.accountId === accountId);
    if (account === undefined)
      throw new AppError('unauthenticated', 'Not logged in to this account', { details: { reason: 'session_missing' } });
    account.assertOpen();
    return account;
  };
  const entriesOf = (handles: readonly string[]): Promise<FileEntry[]> =>
    Promise.all(
      handles.map(async (handle) => {
        const entry = await files.open(handle);
        if (entry === null) throw new AppError('not_found', 'No such file', { details: { reason: 'file_missing' } });
        return entry;
      }),
    );
  const placeOf = async (handle: string): Promise<string> => {
    const place = await files.place(handle);
    if (place === null) throw new AppError('not_found', 'No such place', { details: { reason: 'file_missing' } });
    return place;
  };

  const security = securityHandlers(find);

  return {
    ...loginHandlers(accounts),
    ...security,
    'security.reauthenticate': async (input, context) => {
      const answer = await security['security.reauthenticate'](input, context);
      await accounts.proven?.(input.accountId);
      return answer;
    },
    'workspace.info': () => info(),
    'account.list': async () => ({ accounts: accounts.list().map((account) => account.account()) }),
    'server.look': ({ serverUrl }) => accounts.look(serverUrl),
    'account.logout': async ({ accountId }) => {
      await accounts.logout(accountId);
      return {};
    },
    'account.farewell': async ({ seen }) => ({ farewells: accounts.farewells?.(seen) ?? [] }),
    'account.setKeepLogin': async ({ accountId, keepLogin, program }) => ({
      keepLogin: await accounts.setKeepLogin(accountId, keepLogin, program),
    }),
    'account.active': async () => {
      await accounts.active();
      return {};
    },
    'account.keepLogin': ({ accountId }) => accounts.keepLogin(accountId),

    'directory.list': async ({ accountId }) => ({ members: find(accountId).members() }),
    'room.list': async ({ accountId }) => ({ rooms: find(accountId).talk.rooms() }),
    'room.create': async ({ accountId, kind, name, memberIds }) => ({
      roomId: await find(accountId).talk.createRoom(kind, name, memberIds),
    }),
    'room.members': async ({ accountId, roomId }) => ({ memberships: await find(accountId).talk.members(roomId) }),
    'room.markRead': async ({ accountId, roomId, sequence }) => {
      find(accountId).talk.markRead(roomId, sequence);
      return {};
    },
    'room.pin': async ({ accountId, roomId, pinned }) => {
      await find(accountId).talk.pin(roomId, pinned);
      return {};
    },
    'message.list': async ({ accountId, roomId, beforeSequence, limit }) => {
      const { talk } = find(accountId);
      const page = await talk.history.page(roomId, beforeSequence, limit);
      return { ...page, outgoing: talk.outbox.ofRoom(roomId) };
    },
    'message.send': async ({ accountId, roomId, text, mentions, handles, nodeIds }) => {
      const account = find(accountId);
      if (account.store.rooms.get(roomId) === undefined) throw new AppError('not_found', 'No such room');
      const entries = await entriesOf(handles);
      const attached = nodeIds.map((nodeId) => account.drive.attachment(nodeId));
      if (text.trim() === '' && entries.length === 0 && attached.length === 0)
        throw new AppError('invalid', 'Nothing to send', { details: { reason: 'empty' } });
      for (const { name, sizeBytes, kind } of entries) {
        if (kind === 'folder')
          throw new AppError('invalid', 'A folder cannot go with a message', { details: { reason: 'folder', subject: name } });
        const decision = decideFile({ kind: 'file', direction: 'send', service: 'talk', name, sizeBytes }, account.policy());
        if (decision.effect === 'deny') throw denial(decision);
      }
      for (const { name, sizeBytes } of attached) {
        const decision = decideFile(
          { kind: 'file', direction: 'send', service: 'talk', through: 'drive', name, sizeBytes },
          account.policy(),
        );
        if (decision.effect === 'deny') throw denial(decision);
      }
      return { id: account.talk.outbox.add(roomId, text, mentions, entries, attached) };
    },
    'message.saveToDrive': async ({ accountId, messageId, fileId, spaceId, folderId }) => {
      const account = find(accountId);
      const { result } = await account.server['drive.saveFromMessage']({ spaceId, parentId: folderId, messageId, fileId });
      return { node: applied(result) };
    },
    'message.retry': async ({ accountId, id }) => {
      find(accountId).talk.outbox.retry(id);
      return {};
    },
    'message.takeBack': async ({ accountId, id }) => ({ text: find(accountId).talk.outbox.takeBack(id) }),
    'draft.get': async ({ accountId, roomId }) => ({ text: find(accountId).talk.draft(roomId) }),
    'draft.set': async ({ accountId, roomId, text }) => {
      find(accountId).talk.setDraft(roomId, text);
      return {};
    },
    'draft.discardFile': async ({ accountId, handle }) => {
      const account = find(accountId);
      const entry = await files.open(handle);
      if (entry !== null) releaseFiles(account, [entry.reference]);
      return {};
    },

    ...driveHandlers({ find, placeOf, desktop, contentBase }),
    'drive.spaces': async ({ accountId }) => ({ spaces: find(accountId).drive.spaces() }),
    'drive.children': ({ accountId, folderId, since }) => find(accountId).drive.children(folderId, since),
    'drive.createFolder': async ({ accountId, spaceId, parentId, name }) => ({
      node: await find(accountId).drive.createFolder(spaceId, parentId, name),
    }),
    'drive.move': async ({ accountId, spaceId, nodeId, parentId, name }) => ({
      node: await find(accountId).drive.move(spaceId, nodeId, parentId, name),
    }),
    'drive.delete': async ({ accountId, spaceId, nodeIds }) => {
      await find(accountId).drive.delete(spaceId, nodeIds);
      return {};
    },
    'drive.restore': async ({ accountId, spaceId, nodeIds }) => {
      await find(accountId).drive.restore(spaceId, nodeIds);
      return {};
    },
    'drive.versions': async ({ accountId, nodeId }) => ({ versions: await find(accountId).drive.versions(nodeId) }),
    'drive.restoreVersion': async ({ accountId, spaceId, nodeId, version }) => ({
      node: await find(accountId).drive.restoreVersion(spaceId, nodeId, version),
    }),
    'drive.trash': async ({ accountId, spaceId }) => ({ nodes: await find(accountId).drive.trash(spaceId) }),
    'drive.upload': async ({ accountId, spaceId, folderId, handles }) => {
      const { transfers } = find(accountId);
      const entries = await entriesOf(handles);
      return { transferIds: entries.map((entry) => transfers.upload(entry, spaceId, folderId)) };
    },
    'drive.download': async ({ accountId, nodeId, version, handle }) => {
      const account = find(accountId);
      if (handle === null) return { transferId: null };
      const place = await placeOf(handle);
      const node = account.drive.known(nodeId);
      const task = { kind: 'download_node', nodeId, version: version ?? null, place } as const;
      return { transferId: account.transfers.download(task, node?.name ?? '', node?.content?.sizeBytes ?? 0) };
    },
    'message.download': async ({ accountId, messageId, fileId, handle }) => {
      const account = find(accountId);
      if (handle === null) return { transferId: null };
      const place = await placeOf(handle);
      const file = account.store.messages.get(messageId)?.files.find(({ id }) => id === fileId);
      if (file === undefined) throw new AppError('not_found', 'No such file');
      const task = { kind: 'download_message_file', messageId, fileId, place } as const;
      return { transferId: account.transfers.download(task, file.name, file.sizeBytes) };
    },
    'transfer.list': async ({ accountId }) => ({ transfers: find(accountId).transfers.list() }),
    'transfer.cancel': async ({ accountId, id }) => {
      find(accountId).transfers.cancel(id);
      return {};
    },
    'transfer.retry': async ({ accountId, id }) => {
      find(accountId).transfers.retry(id);
      return {};
    },
    'transfer.clear': async ({ accountId }) => {
      find(accountId).transfers.clear();
      return {};
    },
  };
}
