import type { Clock } from '#shared/base/clock.ts';
import { AppError, reasonOf } from '#shared/base/errors.ts';
import type { Step } from '#shared/sync/plan.ts';
import { scanPauseMs } from '#shared/client/context.ts';
import { DiskChanged } from './disk.ts';

/** Why one thing could not be done, and until when it is left alone. */
export interface Failure {
  readonly id: string;
  readonly kind: Step['kind'];
  readonly reason: string;
  readonly subject: string | null;
  readonly attempts: number;
  /** Monotonic milliseconds. */
  readonly until: number;
  /** What was tried: another name or content is tried at once. */
  readonly subjectState: string;
  /** Too short-lived to be worth telling (a file that is being written). */
  readonly quiet: boolean;
}

const systemReasons: Readonly<Record<string, string>> = {
  ENOSPC: 'disk_full',
  EDQUOT: 'disk_full',
  EACCES: 'no_permission',
  EPERM: 'no_permission',
  EROFS: 'no_permission',
  EBUSY: 'in_use',
  ETXTBSY: 'in_use',
  ENAMETOOLONG: 'name_not_possible',
  EINVAL: 'name_not_possible',
  EILSEQ: 'name_not_possible',
  ENOTEMPTY: 'changed_meanwhile',
  ENOENT: 'changed_meanwhile',
  ENOTDIR: 'changed_meanwhile',
};

/** The reason for an error while a step was done, as a code that people's texts are chosen by. */
export function failureReason(error: unknown): { reason: string; quiet: boolean } {
  if (error instanceof DiskChanged) return { reason: 'changed_meanwhile', quiet: true };
  if (error instanceof AppError) return { reason: reasonOf(error) ?? error.code, quiet: reasonOf(error) === 'file_changed' };
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const reason = systemReasons[code] ?? 'io_error';
  return { reason, quiet: reason === 'changed_meanwhile' };
}

const shortest = 200;
const longest = 60_000;
/** A server's refusal stands until something changes, or for this long. */
const refusalMilliseconds = 10 * 60_000;
/** Refusals that end when the virus scanner is done (FIL-05): asked again soon, and nothing is sent again. */
const scanReasons: ReadonlySet<string> = new Set(['scan_pending', 'scanner_unavailable']);

/** A file that was sent again and again lately: the next time waits, longer each time, so that one log file does not become a thousand versions. */
interface Cooling {
  readonly level: number;
  /** Monotonic milliseconds. */
  readonly until: number;
}
const soonMilliseconds = 10_000;
const freeUpdates = 3;

/** One failing thing never stops the others: each has its own pause, doubling from 0.2 s to a minute. */
export class FailureBook {
  readonly #clock: Clock;
  readonly #byId = new Map<string, Failure>();
  readonly #cooling = new Map<string, Cooling>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  record(step: Step, subjectState: string, { reason, quiet }: { reason: string; quiet: boolean }, subject: string | null = null): void {
    const before = this.#byId.get(step.id);
    const attempts = before?.subjectState === subjectState ? before.attempts + 1 : 1;
    const pause = Math.min(longest, shortest * 2 ** (attempts - 1));
    this.#put(step, subjectState, reason, subject, attempts, pause, quiet && attempts < 6);
  }

  refuse(step: Step, subjectState: string, reason: string, subject: string | null): void {
    this.#put(step, subjectState, reason, subject, 1, scanReasons.has(reason) ? scanPauseMs : refusalMilliseconds, false);
  }

  #put(step: Step, subjectState: string, reason: string, subject: string | null, attempts: number, pause: number, quiet: boolean): void {
    const until = this.#clock.monotonic() + pause;
    this.#byId.set(step.id, { id: step.id, kind: step.kind, reason, subject, attempts, until, subjectState, quiet });
  }

  /** A new version of a file was sent. */
  sent(id: string): void {
    const at = this.#clock.monotonic();
    const before = this.#cooling.get(id);
    const level = before !== undefined && at - before.until < soonMilliseconds ? before.level + 1 : 0;
    const pause = level < freeUpdates ? 0 : Math.min(longest, 500 * 2 ** (level - freeUpdates));
    this.#cooling.set(id, { level, until: at + pause });
  }

  /** True while a step waits after a failure, and nothing about it has changed; or while a file that changes all the time cools down. */
  isParked(step: Step, subjectState: string): boolean {
    if (step.kind === 'update' && (this.#cooling.get(step.id)?.until ?? 0) > this.#clock.monotonic()) return true;
    const failure = this.#byId.get(step.id);
    return failure !== undefined && failure.subjectState === subjectState && failure.until > this.#clock.monotonic();
  }

  clear(id: string): void {
    this.#byId.delete(id);
  }
  clearAll(): void {
    this.#byId.clear();
    this.#cooling.clear();
  }
  /** Forgets what is no longer wanted at all. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#byId.keys()) if (!ids.has(id)) this.#byId.delete(id);
    const now = this.#clock.monotonic();
    for (const [id, { until }] of this.#cooling) if (now - until >= soonMilliseconds) this.#cooling.delete(id);
  }
  get all(): readonly Failure[] {
    return [...this.#byId.values()];
  }
  /** Milliseconds until something may be tried again; null when nothing waits. */
  get nextRetry(): number | null {
    const now = this.#clock.monotonic();
    const cooling = [...this.#cooling.values()].filter(({ until }) => until > now);
    const times = [...this.#byId.values(), ...cooling].map(({ until }) => Math.max(0, until - now));
    return times.length === 0 ? null : Math.min(...times);
  }
}
