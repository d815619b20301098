import { AppError, reasonOf } from '#shared/base/errors.ts';
import { inLanes } from '#shared/base/lanes.ts';
import type { Mutation, Node } from '#shared/model/drive.ts';
import { normalName } from '#shared/model/node-name.ts';
import { decideFile } from '#shared/policy/decide-file.ts';
import { denial } from '#shared/policy/denial.ts';
import { isPassing, newId, type AccountContext } from './context.ts';
import type { ByteOptions, FileEntry } from './files.ts';
import { applied, mutate } from './mutate.ts';

const mostTries = 3;
/** How many files of a folder are under way at once: the small ones cost mostly waiting. */
const filesAtOnce = 4;

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

async function uploadFolder(
  account: AccountContext,
  spaceId: string,
  parentId: string,
  entry: FileEntry,
  options: ByteOptions,
): Promise<RefusedItem[]> {
  const folder = await makeFolder(account, spaceId, parentId, entry.name);
  const refused: RefusedItem[] = [];
  const children = await account.host.files.children(entry.reference);
  const attempt = async (child: FileEntry, work: () => Promise<unknown>): Promise<void> => {
    options.signal?.throwIfAborted();
    try {
      await work();
    } catch (error) {
      if (!(error instanceof AppError) || isPassing(error)) throw error;
      refused.push({ entry: child, folderId: folder.id, error });
    }
  };
  const files = children.filter(({ kind }) => kind === 'file');
  await inLanes(files, filesAtOnce, (child) => attempt(child, () => uploadFile(account, spaceId, folder.id, child, options)));
  for (const child of children) {
    if (child.kind !== 'folder') continue;
    await attempt(child, async () => refused.push(...(await uploadFolder(account, spaceId, folder.id, child, options))));
  }
  return refused;
}

async function makeFolder(account: AccountContext, spaceId: string, parentId: string, name: string): Promise<Node> {
  const { host } = account;
  const mutation: Mutation = { key: newId(host), kind: 'create_folder', id: newId(host), parentId, name: normalName(name) };
  const [result] = await mutate(account, spaceId, [mutation]);
  if (result?.kind === 'conflict' && result.reason === 'name_taken' && result.node?.kind === 'folder') return result.node;
  return applied(result);
}

async function uploadFile(
  account: AccountContext,
  spaceId: string,
  parentId: string,
  entry: FileEntry,
  options: ByteOptions,
): Promise<Node> {
  const { name, sizeBytes } = entry;
  const decision = decideFile({ kind: 'file', direction: 'send', service: 'drive', name, sizeBytes }, account.policy());
  if (decision.effect === 'deny') throw denial(decision);
  await askServer(account, name, sizeBytes);
  for (let tries = 1; ; tries += 1) {
    try {
      return await uploadOnce(account, spaceId, parentId, entry, options);
    } catch (error) {
      const isMendable = ['file_changed', 'missing_chunks', 'version_changed'].includes(reasonOf(error) ?? '');
      if (!isMendable || tries === mostTries || options.signal?.aborted === true) throw error;
    }
  }
}

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
  const create: Mutation = { key: newId(host), kind: 'create_file', id: newId(host), parentId, name: normalName(entry.name), content };
  const [result] = await mutate(account, spaceId, [create]);
  if (result?.kind !== 'conflict' || result.reason !== 'name_taken' || result.node?.kind !== 'file') return applied(result);
  const { id: nodeId, version } = result.node;
  if (result.node.content?.contentHash === content.contentHash) return result.node;
  const [update] = await mutate(account, spaceId, [{ key: newId(host), kind: 'update_content', nodeId, baseVersion: version, content }]);
  return applied(update);
}
