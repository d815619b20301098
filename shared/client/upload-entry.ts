import { AppError, reasonOf } from '#shared/base/errors.ts';
import { inLanes } from '#shared/base/lanes.ts';
import type { Content, Mutation, MutationResult, Node } from '#shared/model/drive.ts';
import { normalName } from '#shared/model/node-name.ts';
import { decideFile } from '#shared/policy/decide-file.ts';
import { denial } from '#shared/policy/denial.ts';
import { isPassing, newId, type AccountContext } from './context.ts';
import type { ByteOptions, FileEntry } from './files.ts';
import { gathered } from './gathered-transport.ts';
import { applied, mutate } from './mutate.ts';
import type { Transport } from './transport.ts';

const mostTries = 3;
/** How many larger files of a folder are under way at once. */
const filesAtOnce = 4;
/** Up to this size files share their requests, so many and so many bytes of them. */
const smallBytes = 512 * 1024;
const mostInGroup = 200;
const groupBytes = 8 * 1024 * 1024;

export interface UploadEntryOptions extends ByteOptions {
  /** The size of all there is to send, once it is known. */
  readonly onSize: (sizeBytes: number) => void;
}

/** A file within an uploaded folder that could not go. */
export interface RefusedItem {
  readonly entry: FileEntry;
  readonly folderId: string;
  readonly error: unknown;
}

interface Target {
  readonly reference: string;
  readonly spaceId: string;
  readonly folderId: string;
}

/**
 * Uploads a file, or a folder with all that is in it. A file whose name is taken by a file becomes its new version; a folder is merged into
 * one of the same name. For a file, failures are thrown; of a folder, those of single items are returned and the rest goes on.
 */
export async function uploadEntry(account: AccountContext, target: Target, options: UploadEntryOptions): Promise<RefusedItem[]> {
  const entry = await account.host.files.look(target.reference);
  if (entry === null) throw new AppError('not_found', 'The file is not there any more', { details: { reason: 'file_missing' } });
  if (entry.kind === 'file') {
    options.onSize(entry.sizeBytes);
    await uploadFile(account, target.spaceId, target.folderId, entry, options);
    return [];
  }
  options.onSize(await measure(account, entry));
  return uploadFolder(account, target.spaceId, target.folderId, entry, options);
}

async function measure(account: AccountContext, folder: FileEntry): Promise<number> {
  let sizeBytes = 0;
  for (const child of await account.host.files.children(folder.reference)) {
    sizeBytes += child.kind === 'file' ? child.sizeBytes : await measure(account, child);
  }
  return sizeBytes;
}

/** A file that is to go into a folder that is there. */
interface Item {
  readonly entry: FileEntry;
  readonly folderId: string;
}

async function uploadFolder(
  account: AccountContext,
  spaceId: string,
  parentId: string,
  entry: FileEntry,
  options: ByteOptions,
): Promise<RefusedItem[]> {
  const refused: RefusedItem[] = [];
  const refuse = (item: Item, error: unknown): void => {
    if (!(error instanceof AppError) || isPassing(error)) throw error;
    refused.push({ ...item, error });
  };
  const alone = async (item: Item): Promise<void> => {
    options.signal?.throwIfAborted();
    try {
      await uploadFile(account, spaceId, item.folderId, item.entry, options);
    } catch (error) {
      refuse(item, error);
    }
  };
  const root = await makeFolder(account, spaceId, parentId, entry.name);
  const items = await makeFolders(account, spaceId, { entry, folderId: root.id }, options, refuse);
  const isSmall = ({ entry: { sizeBytes } }: Item): boolean => sizeBytes <= smallBytes;
  for (const group of groupsOf(items.filter(isSmall))) {
    options.signal?.throwIfAborted();
    await uploadGroup(account, spaceId, group, options, { refuse, alone });
  }
  await inLanes(
    items.filter((item) => !isSmall(item)),
    filesAtOnce,
    alone,
  );
  return refused;
}

/** Makes all folders below one, level by level, and tells the files that go into them. */
async function makeFolders(
  account: AccountContext,
  spaceId: string,
  top: Item,
  { signal }: ByteOptions,
  refuse: (item: Item, error: unknown) => void,
): Promise<Item[]> {
  const { host } = account;
  const items: Item[] = [];
  for (let level = [top]; level.length > 0;) {
    const wanted: Item[] = [];
    for (const { entry, folderId } of level) {
      signal?.throwIfAborted();
      for (const child of await host.files.children(entry.reference)) {
        (child.kind === 'file' ? items : wanted).push({ entry: child, folderId });
      }
    }
    const results = await mutate(
      account,
      spaceId,
      wanted.map(({ entry, folderId }) => newFolder(account, folderId, entry.name)),
    );
    level = wanted.flatMap((item, index) => {
      try {
        return [{ entry: item.entry, folderId: folderOf(results[index]).id }];
      } catch (error) {
        refuse(item, error);
        return [];
      }
    });
  }
  return items;
}

const newFolder = ({ host }: AccountContext, parentId: string, name: string): Mutation => ({
  ...{ key: newId(host), kind: 'create_folder', id: newId(host), parentId, name: normalName(name) },
});

/** The folder that was made, or the one that has the name already. */
const folderOf = (result: MutationResult | undefined): Node =>
  result?.kind === 'conflict' && result.reason === 'name_taken' && result.node?.kind === 'folder' ? result.node : applied(result);

async function makeFolder(account: AccountContext, spaceId: string, parentId: string, name: string): Promise<Node> {
  const [result] = await mutate(account, spaceId, [newFolder(account, parentId, name)]);
  return folderOf(result);
}

/** Small files by the requests that they share. */
function groupsOf(items: readonly Item[]): Item[][] {
  const groups: Item[][] = [];
  let bytes = 0;
  for (const item of items) {
    const last = groups.at(-1);
    if (last === undefined || last.length === mostInGroup || bytes + item.entry.sizeBytes > groupBytes) {
      groups.push([item]);
      bytes = item.entry.sizeBytes;
    } else {
      last.push(item);
      bytes += item.entry.sizeBytes;
    }
  }
  return groups;
}

/** Uploads many small files by few requests; what cannot be done so is tried alone. */
async function uploadGroup(
  account: AccountContext,
  spaceId: string,
  group: readonly Item[],
  options: ByteOptions,
  { refuse, alone }: { readonly refuse: (item: Item, error: unknown) => void; readonly alone: (item: Item) => Promise<void> },
): Promise<void> {
  const { host } = account;
  const allowed = await judged(account, group, refuse);
  const uploads = allowed.map(
    ({ entry }) =>
      (transport: Transport) =>
        host.files.upload(transport, entry.reference, options),
  );
  const outcomes = await gathered(account.transport, host.clock, uploads);
  options.signal?.throwIfAborted();
  const again: Item[] = [];
  const creations: { readonly item: Item; readonly content: Content; readonly mutation: Mutation }[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    const item = allowed[index]!;
    if (outcome.status === 'fulfilled') {
      creations.push({ item, content: outcome.value, mutation: newFile(account, item.folderId, item.entry.name, outcome.value) });
    } else if (isMendable(outcome.reason)) again.push(item);
    else refuse(item, outcome.reason);
  }
  const results = await mutate(
    account,
    spaceId,
    creations.map(({ mutation }) => mutation),
  );
  for (const [index, { item, content }] of creations.entries()) {
    try {
      await settled(account, spaceId, results[index], content);
    } catch (error) {
      if (isMendable(error)) again.push(item);
      else refuse(item, error);
    }
  }
  for (const item of again) await alone(item);
}

/** What the rules let go. The server's may be newer than ours: for each kind of name it is asked about the largest file, and judges again at commit. */
async function judged(
  account: AccountContext,
  group: readonly Item[],
  refuse: (item: Item, error: unknown) => void,
): Promise<readonly Item[]> {
  const allowed: Item[] = [];
  const kinds = new Map<string, Item[]>();
  for (const item of group) {
    const ending = /\.[^.]*$/.exec(item.entry.name.toLowerCase())?.[0] ?? '';
    kinds.set(ending, [...(kinds.get(ending) ?? []), item]);
  }
  for (const some of kinds.values()) {
    const largest = some.toSorted((a, b) => b.entry.sizeBytes - a.entry.sizeBytes);
    for (const [index, item] of largest.entries()) {
      const { name, sizeBytes } = item.entry;
      try {
        judge(account, name, sizeBytes);
        await askServer(account, name, sizeBytes);
        // No smaller one of the kind is refused where this one is not.
        allowed.push(...largest.slice(index));
        break;
      } catch (error) {
        refuse(item, error);
      }
    }
  }
  return allowed;
}

function judge(account: AccountContext, name: string, sizeBytes: number): void {
  const decision = decideFile({ kind: 'file', direction: 'send', service: 'drive', name, sizeBytes }, account.policy());
  if (decision.effect === 'deny') throw denial(decision);
}

async function uploadFile(
  account: AccountContext,
  spaceId: string,
  parentId: string,
  entry: FileEntry,
  options: ByteOptions,
): Promise<Node> {
  const { name, sizeBytes } = entry;
  judge(account, name, sizeBytes);
  await askServer(account, name, sizeBytes);
  for (let tries = 1; ; tries += 1) {
    try {
      return await uploadOnce(account, spaceId, parentId, entry, options);
    } catch (error) {
      if (!isMendable(error) || tries === mostTries || options.signal?.aborted === true) throw error;
    }
  }
}

const isMendable = (error: unknown): boolean => ['file_changed', 'missing_chunks', 'version_changed'].includes(reasonOf(error) ?? '');

/** The server's rules may be newer than ours: it is asked before the first byte is read, and judges again at commit. */
async function askServer(account: AccountContext, name: string, sizeBytes: number): Promise<void> {
  const verdict = await account.server['file.judge']({ service: 'drive', name, sizeBytes });
  if (verdict.allowed) return;
  const { reason, rule, subject } = verdict;
  throw new AppError('denied', `Denied: ${reason}`, { details: { reason, rule, subject } });
}

async function uploadOnce(
  account: AccountContext,
  spaceId: string,
  parentId: string,
  entry: FileEntry,
  options: ByteOptions,
): Promise<Node> {
  const { host, transport } = account;
  const content = await host.files.upload(transport, entry.reference, options);
  options.signal?.throwIfAborted();
  const [result] = await mutate(account, spaceId, [newFile(account, parentId, entry.name, content)]);
  return settled(account, spaceId, result, content);
}

const newFile = ({ host }: AccountContext, parentId: string, name: string, content: Content): Mutation => ({
  ...{ key: newId(host), kind: 'create_file', id: newId(host), parentId, name: normalName(name), content },
});

/** The file that was made; where its name was taken by one with other content, that one with a new version. */
async function settled(account: AccountContext, spaceId: string, result: MutationResult | undefined, content: Content): Promise<Node> {
  if (result?.kind !== 'conflict' || result.reason !== 'name_taken' || result.node?.kind !== 'file') return applied(result);
  const { id: nodeId, version } = result.node;
  if (result.node.content?.contentHash === content.contentHash) return result.node;
  const key = newId(account.host);
  const [update] = await mutate(account, spaceId, [{ key, kind: 'update_content', nodeId, baseVersion: version, content }]);
  return applied(update);
}
