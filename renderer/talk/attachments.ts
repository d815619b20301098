import type { Node } from '#shared/model/drive.ts';
import { mostMessageFiles } from '#shared/model/talk.ts';
import type { Policy } from '#shared/model/policy.ts';
import { decideFile } from '#shared/policy/decide-file.ts';

/** A file that will go with the message: one of this PC, by the host's handle, or one of Drive, by its id there. */
export interface Attachment {
  readonly id: string;
  readonly from: 'pc' | 'drive';
  readonly name: string;
  readonly sizeBytes: number;
}

/** Files chosen in Drive, as they are attached. */
export const fromDrive = (nodes: readonly Node[]): readonly Attachment[] =>
  nodes.map(({ id, name, content }) => ({ id, from: 'drive', name, sizeBytes: content?.sizeBytes ?? 0 }));

/** What `message.send` takes of the attachments. */
export const sendable = (list: readonly Attachment[]): { handles: string[]; nodeIds: string[] } => ({
  handles: list.filter(({ from }) => from === 'pc').map(({ id }) => id),
  nodeIds: list.filter(({ from }) => from === 'drive').map(({ id }) => id),
});

/** Something about to be attached, before the host knows it. */
export interface Candidate {
  readonly name: string;
  readonly sizeBytes: number;
  readonly folder: boolean;
  /** FIL-03: what comes from Drive obeys the rules of both services. */
  readonly from?: Attachment['from'];
}

/** Why a candidate is not taken: a rule (with its subject), that it is a folder, or that there are enough. */
export type Refusal =
  | { readonly kind: 'rule'; readonly name: string; readonly reason: string; readonly subject: string | null }
  | { readonly kind: 'folder'; readonly name: string }
  | { readonly kind: 'too_many' };

/** Judges what is about to be attached by the rules in force, so that the answer is there at once; the server judges again. */
export function judge<C extends Candidate>(
  candidates: readonly C[],
  already: number,
  policy: Policy,
): { taken: readonly C[]; refusals: readonly Refusal[] } {
  const taken: C[] = [];
  const refusals: Refusal[] = [];
  for (const candidate of candidates) {
    const { name, sizeBytes, folder, from } = candidate;
    const linked = from === 'drive' ? { through: 'drive' as const } : {};
    const decision = decideFile({ kind: 'file', direction: 'send', service: 'talk', name, sizeBytes, ...linked }, policy);
    if (folder) refusals.push({ kind: 'folder', name });
    else if (decision.effect === 'deny') refusals.push({ kind: 'rule', name, reason: decision.reason, subject: decision.subject ?? null });
    else if (already + taken.length >= mostMessageFiles) {
      if (refusals.at(-1)?.kind !== 'too_many') refusals.push({ kind: 'too_many' });
    } else taken.push(candidate);
  }
  return { taken, refusals };
}

/** A file from a drop or the clipboard, with whether it is a folder: browsers say so only by its entry. */
export interface DroppedFile extends Candidate {
  readonly file: File;
}

/** The files of a drop or the clipboard. Pasted images have no name worth keeping, so `imageName` gives them one. */
export function filesOf(transfer: DataTransfer, imageName: () => string): readonly DroppedFile[] {
  return Array.from(transfer.items).flatMap((item): DroppedFile[] => {
    if (item.kind !== 'file') return [];
    const file = item.getAsFile();
    if (file === null) return [];
    const unnamed = /^image\.\w+$/u.test(file.name) && file.type.startsWith('image/');
    const named = unnamed ? new File([file], imageName(), { type: file.type }) : file;
    return [{ file: named, name: named.name, sizeBytes: file.size, folder: item.webkitGetAsEntry()?.isDirectory === true }];
  });
}
