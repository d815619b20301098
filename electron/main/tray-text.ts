import { assertNever } from '#shared/base/assert.ts';
import type { host } from '#shared/contract/host.ts';
import type { InputOf } from '#shared/contract/operation.ts';
import type { SyncState } from '#shared/contract/sync.ts';
import type { Texts } from './texts.ts';

export type Status = InputOf<typeof host, 'status.set'>;

/** What the tray shows before the agent has said anything, and whenever it is not running. */
export type Known = Status | 'starting' | 'stopped';

/** The state of the tray (EXP-09); what nobody answered for is `unstable`, never `idle`. */
export function trayState(known: Known): SyncState {
  if (known === 'starting') return 'unstable';
  if (known === 'stopped') return 'attention';
  if (known.sync === 'logged_out') return 'logged_out';
  return known.online || known.sync === 'attention' || known.sync === 'paused' ? known.sync : 'unstable';
}

/** The tray's first line: what the last real answer said, and when. `timeOf` writes an instant as `9:02`. */
export function trayLine(known: Known, texts: Texts, timeOf: (at: number) => string): string {
  if (known === 'starting') return texts.checking;
  if (known === 'stopped') return texts.agentNotRunning;
  const answered = known.lastAnswerAt === undefined || known.lastAnswerAt === null ? null : timeOf(known.lastAnswerAt);
  const state = trayState(known);
  switch (state) {
    case 'idle':
      if (known.roots === undefined) return texts.connected(answered);
      return known.roots === 0 ? texts.noRoots : texts.inStep(answered);
    case 'done':
      return texts.done(known.doneFiles ?? null);
    case 'syncing':
      return texts.syncing(known.pendingFiles ?? null, known.pendingBytes === undefined ? null : sizeText(known.pendingBytes));
    case 'attention':
      return texts.attention(known.issues ?? null);
    case 'paused':
      return texts.paused;
    case 'logged_out':
      return texts.loggedOut;
    case 'unstable':
      return texts.noAnswer(answered);
    default:
      return assertNever(state, 'tray state');
  }
}

/** The tooltip: name, state, and what is unread where there is something. */
export function trayTooltip(known: Known, texts: Texts, timeOf: (at: number) => string): string {
  const unread = typeof known === 'object' && known.unread > 0 ? [texts.unread(known.unread, known.mentions)] : [];
  return ['Hikyaku', trayLine(known, texts, timeOf), ...unread].join('\n');
}

/** `31.6 MB`: at most one decimal, in powers of 1000 as the OSes count. */
export function sizeText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** step;
  return `${step === 0 || amount >= 100 ? Math.round(amount) : Math.round(amount * 10) / 10} ${units[step]}`;
}

/** `9:02` in the PC's own time. */
export function timeOf(at: number): string {
  const time = new Date(at);
  return `${time.getHours()}:${String(time.getMinutes()).padStart(2, '0')}`;
}
