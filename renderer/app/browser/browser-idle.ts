import type { Clock } from '#shared/base/clock.ts';
import type { AccountCore } from '#shared/client/account.ts';
import { IdleKeeper } from '#shared/client/idle-keeper.ts';
import type { WorkspaceEvent } from '#shared/contract/workspace.ts';

/** Tabs of one browser share one login, so what somebody does in one counts in all. */
const channelName = 'hikyaku.activity';

export interface BrowserIdleOptions {
  readonly clock: Clock;
  emit(event: WorkspaceEvent): void;
  account(): AccountCore | null;
  /** Nobody touched any tab for as long as the rule says. */
  over(): void;
}

/** ACC-31: ends the login of a browser that nobody touches. */
export interface BrowserIdle {
  opened(account: AccountCore): void;
  closed(accountId: string): void;
  /** The person touched this tab. */
  active(): void;
  /** Compares the clocks now: before anything is answered, since timers of hidden tabs and sleeping machines are late. */
  look(): void;
}

export function browserIdle({ clock, emit, account, over }: BrowserIdleOptions): BrowserIdle {
  const channel = new BroadcastChannel(channelName);
  let isHere = true;
  const keeper = new IdleKeeper({
    clock,
    warn: (accountId, endsAt) => emit({ type: 'idle.warning', accountId, endsAt: endsAt === null ? null : Math.round(endsAt) }),
    over,
    // The tab that was touched tells the server; the others need not.
    active: () => (isHere ? account()?.active() : undefined),
  });
  channel.addEventListener('message', () => {
    isHere = false;
    keeper.activity();
    isHere = true;
  });
  document.addEventListener('visibilitychange', () => keeper.look());
  return {
    opened: (core) => keeper.open(core.accountId, () => core.policy().idleLogout.browserMinutes),
    closed: (accountId) => keeper.close(accountId),
    active: () => {
      keeper.activity();
      channel.postMessage('active');
    },
    look: () => keeper.look(),
  };
}
