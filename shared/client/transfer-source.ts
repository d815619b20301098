import { assertNever } from '#shared/base/assert.ts';
import { AppError } from '#shared/base/errors.ts';
import { decideFile, type FileService } from '#shared/policy/decide-file.ts';
import { denial } from '#shared/policy/denial.ts';
import type { AccountContext } from './context.ts';
import type { DownloadSource } from './files.ts';
import type { TransferTask } from './stored.ts';

/** Where the bytes of a download come from, asked when it begins: the version of then. Throws `denied` where a rule keeps them out (FIL-01). */
export async function sourceOf(account: AccountContext, task: Exclude<TransferTask, { kind: 'upload' }>): Promise<DownloadSource> {
  const { server, store } = account;
  switch (task.kind) {
    case 'download_node': {
      mayReceive(account, 'drive', store.nodes.get(task.nodeId)?.name ?? '');
      // Listings here leave the lists of chunks out.
      const { versions } = await server['drive.versions']({ nodeId: task.nodeId });
      const wanted = versions.find(({ version }) => task.version === null || version === task.version);
      if (wanted === undefined) throw new AppError('not_found', 'No such version');
      return { kind: 'content', nodeId: task.nodeId, content: wanted.content };
    }
    case 'download_message_file': {
      const file = store.messages.get(task.messageId)?.files.find(({ id }) => id === task.fileId);
      if (file === undefined) throw new AppError('not_found', 'No such file');
      mayReceive(account, 'talk', file.name);
      const path = `/api/messages/${encodeURIComponent(task.messageId)}/files/${encodeURIComponent(task.fileId)}`;
      return { kind: 'route', path, contentHash: file.contentHash, sizeBytes: file.sizeBytes };
    }
    case 'download_zip':
      return { kind: 'stream', path: archivePath(task.nodeIds) };
    default:
      return assertNever(task, 'transfer');
  }
}

/** More would not fit into an address. */
const mostZipped = 400;

/** The byte route that makes one zip of several files and folders. Throws `too_large`/`too_many`. */
export function archivePath(nodeIds: readonly string[]): string {
  if (nodeIds.length > mostZipped) throw new AppError('too_large', 'Too many for one zip', { details: { reason: 'too_many' } });
  return `/api/archives?nodes=${nodeIds.map(encodeURIComponent).join(',')}`;
}

function mayReceive(account: AccountContext, service: FileService, name: string): void {
  const decision = decideFile({ kind: 'file', direction: 'receive', service, name, sizeBytes: 0 }, account.policy());
  if (decision.effect === 'deny') throw denial(decision);
}
