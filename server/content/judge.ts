import type { Decision } from '#shared/model/decision.ts';
import type { Policy } from '#shared/model/policy.ts';
import { decideFile, type FileService } from '#shared/policy/decide-file.ts';
import { foldedFileName } from '#shared/policy/extension.ts';

export type { FileService };

/** What follows the last dot of a name, folded; empty where there is none. */
export function extensionOf(name: string): string {
  const folded = foldedFileName(name);
  const dot = folded.lastIndexOf('.');
  return dot < 0 ? '' : folded.slice(dot + 1);
}

/** The longest extension a rule can name, with its dot. */
const longestEnding = 33;

/**
 * All that a rule on extensions (FIL-01) can look at in a name: what follows its first dot, folded, as far as extensions of several parts
 * (`tar.gz`) can reach. Empty where there is no dot.
 */
export function endingOf(name: string): string {
  const tail = foldedFileName(name).slice(-longestEnding);
  const dot = tail.indexOf('.');
  return dot < 0 ? '' : tail.slice(dot + 1);
}

/** May a file of this name and size be sent there (FIL-01, FIL-09)? `through` is the other service that it comes from (FIL-03). */
export const judgeFile = (service: FileService, name: string, sizeBytes: number, policy: Policy, through?: FileService): Decision =>
  decideFile({ kind: 'file', direction: 'send', service, name, sizeBytes, ...(through === undefined ? {} : { through }) }, policy);

/** May a file of this name be received from there (FIL-01)? How large it is was judged when it was sent. */
export const judgeReceipt = (service: FileService, name: string, policy: Policy): Decision =>
  decideFile({ kind: 'file', direction: 'receive', service, name, sizeBytes: 0 }, policy);

/** The same for a chunk, of which only the ending of its file's name is known. */
export const mayReceive = (service: FileService, ending: string, policy: Policy): boolean =>
  ending === '' || judgeReceipt(service, `file.${ending}`, policy).effect === 'allow';
