import type { Clock } from '#shared/base/clock.ts';
import type { HostEvent } from '#shared/contract/host.ts';
import { WorkspaceEvent } from '#shared/contract/workspace.ts';

/** How often the agent is told how long nobody has touched the machine, in milliseconds. */
const usualMs = 30_000;
/** While an account is about to be logged out, the person who comes back must be seen at once. */
const warnedMs = 1_000;

export interface IdleOptions {
  /** How long nobody has touched the machine, in seconds, as the OS says. */
  readonly idleSeconds: () => number;
  readonly tell: (event: HostEvent) => void;
  readonly clock: Clock;
}

/** ACC-34: tells the agent for how long the machine was left alone. `heard` is given every event of the agent, for its warnings. */
export function followIdle({ idleSeconds, tell, clock }: IdleOptions): { heard(event: unknown): void } {
  const warned = new Set<string>();
  let cancel: () => void = () => undefined;
  const look = (): void => {
    cancel();
    tell({ type: 'idle', seconds: Math.max(0, Math.floor(idleSeconds())) });
    cancel = clock.after(warned.size > 0 ? warnedMs : usualMs, look);
  };
  look();
  return {
    heard: (raw) => {
      const event = WorkspaceEvent.safeParse(raw);
      if (!event.success || (event.data.type !== 'idle.warning' && event.data.type !== 'account.ended')) return;
      const { accountId } = event.data;
      const before = warned.size;
      if (event.data.type === 'idle.warning' && event.data.endsAt !== null) warned.add(accountId);
      else warned.delete(accountId);
      if (before === 0 && warned.size > 0) look();
    },
  };
}
