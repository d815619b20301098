import { AppError } from '#shared/base/errors.ts';
import type { AccountCore } from '#shared/client/account.ts';
import { newId } from '#shared/client/context.ts';
import { applied, mutate } from '#shared/client/mutate.ts';
import type { Content, Mutation, Node } from '#shared/model/drive.ts';
import { foldedName, normalName } from '#shared/model/node-name.ts';
import { decideFile } from '#shared/policy/decide-file.ts';
import { denial } from '#shared/policy/denial.ts';
import { conflictName, numberedName } from '#shared/sync/conflict-name.ts';
import { readContent } from '../transfer/read-content.ts';
import { uploadContents } from '../transfer/upload.ts';
import { wholeFile } from '../files/whole-file.ts';
import type { KnownFile } from './edit-record.ts';

/** What became of a file that a program wrote. `copied`: the one in Drive had changed or gone, so this one lies beside it. */
export type Saved = { readonly kind: 'same' } | { readonly kind: 'saved' | 'copied'; readonly known: KnownFile; readonly name: string };

/** Where a file belongs. */
export interface Target {
  readonly spaceId: string;
  readonly parentId: string;
  readonly name: string;
  /** What is known of it; null for one that the program made. */
  readonly known: KnownFile | null;
  /** Device and time, for the name of a copy. */
  readonly label: string;
}

const mostTries = 5;

/**
 * Brings a file that another program wrote to Drive, as a new version of what was opened; what somebody else wrote meanwhile is never
 * overwritten. Throws `conflict`/`file_changed` while it is being written, `not_found`/`file_missing` where it is gone, and what the server says.
 */
export async function saveFile(
  core: AccountCore,
  place: string,
  target: Target,
  options: { readonly onBegin: () => void; readonly signal: AbortSignal },
): Promise<Saved> {
  const file = wholeFile(await readContent(place));
  if (file.content.contentHash === target.known?.contentHash) return { kind: 'same' };
  const { name } = target;
  const decision = decideFile(
    { kind: 'file', direction: 'send', service: 'drive', name, sizeBytes: file.content.sizeBytes },
    core.policy(),
  );
  if (decision.effect === 'deny') throw denial(decision);
  options.onBegin();
  for (let tries = 1; ; tries += 1) {
    await uploadContents(core.transport, [file], { signal: options.signal });
    const saved =
      target.known === null ? await create(core, target, file.content, []) : await update(core, target, target.known, file.content);
    if (saved !== null) return saved;
    if (tries === mostTries) throw new AppError('conflict', 'Bytes are missing on the server', { details: { reason: 'missing_chunks' } });
  }
}

/** Null where chunks are missing: send them again. */
async function update(core: AccountCore, target: Target, known: KnownFile, content: Content): Promise<Saved | null> {
  const mutation: Mutation = { key: newId(core.host), kind: 'update_content', nodeId: known.nodeId, baseVersion: known.version, content };
  const [result] = await mutate(core, known.spaceId, [mutation]);
  if (result?.kind === 'missing_chunks') return null;
  if (result?.kind !== 'conflict') return { kind: 'saved', known: knownOf(applied(result), content), name: target.name };
  const { node } = result;
  // An answer of ours that was lost, or the same bytes by another way.
  if (node?.trashed === false && node.content?.contentHash === content.contentHash) {
    return { kind: 'saved', known: knownOf(node, content), name: target.name };
  }
  // The file was changed, or is gone: what was written here lies beside it from now on.
  const first = result.reason === 'version_changed' ? [target.name] : [];
  return create(core, target, content, first);
}

/** @param taken names that are not to be used: with one, the copy is named after device and time */
async function create(core: AccountCore, target: Target, content: Content, taken: readonly string[]): Promise<Saved | null> {
  const folded = new Set(taken.map(foldedName));
  const isTaken = (name: string): boolean => folded.has(foldedName(name));
  for (;;) {
    const name = normalName(nameFor(target, isTaken));
    const mutation: Mutation = {
      key: newId(core.host),
      kind: 'create_file',
      id: newId(core.host),
      parentId: target.parentId,
      name,
      content,
    };
    const [result] = await mutate(core, target.spaceId, [mutation]);
    if (result?.kind === 'missing_chunks') return null;
    if (result?.kind === 'conflict' && result.reason === 'name_taken' && folded.size < 100) {
      folded.add(foldedName(name));
      continue;
    }
    return { kind: target.known === null ? 'saved' : 'copied', known: knownOf(applied(result), content), name };
  }
}

function nameFor({ name, known, label }: Target, isTaken: (name: string) => boolean): string {
  if (!isTaken(name)) return name;
  return known === null ? numberedName(name, isTaken) : conflictName(name, label, isTaken);
}

const knownOf = ({ id, spaceId, version }: Node, { contentHash }: Content): KnownFile => ({ nodeId: id, spaceId, version, contentHash });
