import type { SyncIssue } from '#shared/contract/sync.ts';
import type { IssueTexts } from './reason-text.ts';

/** A field of CSV (RFC 4180); what a spreadsheet would take for a formula stays text. */
const field = (text: string): string => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

/** What was left out, why and what can be done, as CSV that spreadsheets read in UTF-8 (with its mark). */
export function skippedList(issues: readonly SyncIssue[], { why, fix }: Pick<IssueTexts, 'why' | 'fix'>, heads: readonly string[]): string {
  const rows = issues.map((issue) => [issue.path, why(issue), fix(issue)]);
  return `\uFEFF${[heads, ...rows].map((row) => row.map(field).join(',')).join('\r\n')}\r\n`;
}
