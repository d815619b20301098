import type { ChildProcess } from 'node:child_process';
import type { Clock } from '#shared/base/clock.ts';
import { killGroup } from './groups.ts';
import type { JobFailureReason, JobLimits } from './job.ts';
import { residentBytes } from './resident.ts';

/** How often memory is looked at while a job runs, in milliseconds. */
const lookEveryMs = 100;

/** What a process is watched for. */
export interface Watch {
  /** Why it was ended, or null while it was not. */
  readonly ended: () => JobFailureReason | null;
  stop(): void;
}

/** Kills a process at its limit of time or memory, or when nobody waits for it any more. */
export function watchProcess(
  child: ChildProcess,
  limits: Pick<JobLimits, 'milliseconds' | 'residentBytes'>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal | undefined },
): Watch {
  let ended: JobFailureReason | null = null;
  const end = (reason: JobFailureReason) => (): void => {
    ended ??= reason;
    killGroup(child);
  };
  const cancelTimeout = clock.after(limits.milliseconds, end('too_slow'));
  const cancelled = end('cancelled');
  if (signal?.aborted === true) cancelled();
  signal?.addEventListener('abort', cancelled, { once: true });

  let cancelLook = (): void => undefined;
  let over = false;
  const look = async (): Promise<void> => {
    const used = await residentBytes(child.pid!);
    if (over) return;
    if (used > limits.residentBytes) end('too_large')();
    else next();
  };
  const next = (): void => {
    cancelLook = clock.after(lookEveryMs, () => void look());
  };
  next();
  return {
    ended: () => ended,
    stop: () => {
      over = true;
      cancelTimeout();
      cancelLook();
      signal?.removeEventListener('abort', cancelled);
    },
  };
}
