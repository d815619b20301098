import type { SyncIssue } from '#shared/contract/sync.ts';

/** What holds a root up and may ask a person, and what was merely left out. Conflicts are asked for by themselves. */
export interface IssueGroups {
  readonly guards: readonly SyncIssue[];
  readonly skipped: readonly SyncIssue[];
}

/** Guards need a person; the rest is listed with what can be done. A halt that no issue tells of becomes one. */
export function groupIssues(issues: readonly SyncIssue[], rootId: string, halted: string | null, now: number): IssueGroups {
  const guards = issues.filter(({ kind }) => kind === 'guard');
  const told = halted === null || guards.some(({ reason }) => reason.startsWith(halted));
  const halt: SyncIssue[] = told ? [] : [{ rootId, path: '', kind: 'guard', reason: halted, subject: null, otherPath: null, at: now }];
  return { guards: [...halt, ...guards], skipped: issues.filter(({ kind }) => kind === 'skipped' || kind === 'failed') };
}

const answerable = ['mass_delete', 'mass_delete_here', 'mass_delete_there', 'mass_rewrite'] as const;

/** The guard as one that a person answers; null for those that end when their cause does. */
export const answerableGuard = ({ reason }: Pick<SyncIssue, 'reason'>): (typeof answerable)[number] | null =>
  answerable.find((code) => code === reason) ?? null;

/** The last part of a path, and what is before it. Paths within a root are written with slashes. */
export function splitPath(path: string): { readonly name: string; readonly folders: readonly string[] } {
  const parts = path.split('/').filter(Boolean);
  return { name: parts.at(-1) ?? '', folders: parts.slice(0, -1) };
}

/** How many things an issue is about, when its subject says so. */
export function countOf({ subject }: Pick<SyncIssue, 'subject'>): number | null {
  return subject !== null && /^\d{1,9}$/u.test(subject) ? Number(subject) : null;
}
