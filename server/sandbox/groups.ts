import type { ChildProcess } from 'node:child_process';

/** Options of `spawn` for a process that leads a group of its own, without a terminal. Windows has no groups, and would open a window. */
export const ownGroup = { detached: process.platform !== 'win32', windowsHide: true } as const;

/** Kills a process of `ownGroup` with what it started; a fence that has only just begun to start something leaves nothing behind. */
export function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  // Once it has been waited for, its number may be somebody else's.
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
