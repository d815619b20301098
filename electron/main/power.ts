import { powerMonitor } from 'electron';
import type { HostEvent } from '#shared/contract/host.ts';

/** Passes sleep, wake, lock and unlock of the PC on, so that the agent looks again at once instead of waiting for a timer. */
export function followPower(tell: (event: HostEvent) => void): void {
  const pass = (state: Extract<HostEvent, { type: 'power' }>['state']) => () => tell({ type: 'power', state });
  powerMonitor.on('suspend', pass('suspend'));
  powerMonitor.on('resume', pass('resume'));
  powerMonitor.on('lock-screen', pass('lock'));
  powerMonitor.on('unlock-screen', pass('unlock'));
}
