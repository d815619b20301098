import type { Content } from '#shared/model/drive.ts';
import { judgeFile } from '../content/judge.ts';
import { chunksOf, isWhole, type Bytes } from '../content/stored-content.ts';
import type { Batch } from './batch.ts';
import type { NodeRow } from './nodes.ts';
import { conflict, refused, type Outcome } from './outcome.ts';

/** The rule that stops bytes from going under that name (FIL-01, FIL-05, FIL-11), or null: first by the name, then by what is in them. */
export function ruledOut(batch: Batch, name: string, content: Bytes, through?: 'talk'): Outcome | null {
  const byName = judgeFile('drive', name, content.sizeBytes, batch.author.policy, through);
  const decision = byName.effect === 'deny' ? byName : batch.prepared.verdict(name, content, through);
  return decision.effect === 'deny' ? refused(decision.reason, decision.subject) : null;
}

/** What is wrong with a content that is to be written, or null: its parts do not agree, or chunks have to be sent first. */
export function contentProblem(batch: Batch, content: Content): Outcome | null {
  if (!isWhole(content)) return refused('content_mismatch');
  const hashes: string[] = [];
  for (const { hash, sizeBytes } of chunksOf(content)) {
    const stored = batch.prepared.chunks.get(hash);
    if (stored === undefined) hashes.push(hash);
    else if (stored.sizeBytes !== sizeBytes) return refused('content_mismatch', hash);
  }
  return hashes.length > 0 ? { kind: 'missing_chunks', hashes: [...new Set(hashes)] } : null;
}

/** DRV-18: the refusal where the drive cannot hold so much more, or null. */
export function noRoom(batch: Batch, { sizeBytes }: Pick<Content, 'sizeBytes'>): Outcome | null {
  const decision = batch.roomFor(sizeBytes);
  return decision.effect === 'deny' ? refused(decision.reason) : null;
}

/** A folder that can take children, or the conflict. */
export async function liveFolder(batch: Batch, id: string): Promise<NodeRow | Outcome> {
  const folder = await batch.tree.node(id);
  return folder === null || folder.trashed_at !== null || folder.kind !== 'folder' ? conflict('parent_missing', folder) : folder;
}

/** Tells a row from the reason why there is none. */
export const isOutcome = (value: NodeRow | Outcome): value is Outcome => !('tenant_id' in value);
