import { expect, it } from 'vitest';
import { AppError } from '#shared/base/errors.ts';
import type { Transport } from '#shared/client/transport.ts';
import { HeadlessAccount } from './headless-account.ts';

/** A session whose line and clock a test holds in its hands. */
function session() {
  const lines: { event: Parameters<Transport['events']>[0]; state: Parameters<Transport['events']>[1] }[] = [];
  const timers: { milliseconds: number; run: () => void }[] = [];
  const transport = {
    call: async () => ({ ok: false, error: { code: 'unavailable', message: 'not asked here' } }),
    events: (event: Parameters<Transport['events']>[0], state: Parameters<Transport['events']>[1]) => {
      lines.push({ event, state });
      return () => {};
    },
  } as unknown as Transport;
  const clock = {
    now: () => 0,
    monotonic: () => 0,
    after: (milliseconds: number, run: () => void) => {
      timers.push({ milliseconds, run });
      return () => {};
    },
  };
  const ended: string[] = [];
  const account = new HeadlessAccount({ accountId: 'a', deviceName: 'PC', transport, clock } as never);
  account.listen(
    () => {},
    (reason) => ended.push(reason),
  );
  return { account, lines, timers, ended };
}

it.each(['network_denied', 'app_blocked', 'upgrade_required'])('waits and comes back while %s stops it', (reason) => {
  const { lines, timers, ended } = session();
  lines[0]!.state('open');
  lines[0]!.event({ type: 'session.ended', reason });
  lines[0]!.state('closed', new AppError('unavailable', 'closed'));
  const refused = new AppError(reason === 'upgrade_required' ? reason : 'denied', 'no', { details: { reason } });
  const pauses: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    const { milliseconds, run } = timers.shift()!;
    pauses.push(milliseconds);
    run();
    lines.at(-1)!.state('closed', refused);
  }
  expect([pauses[0], Math.max(...pauses), pauses.at(-1)]).toEqual([500, 10_000, 10_000]);
  expect([lines.length, ended]).toEqual([10, []]);
});

it.each(['forced_logout', 'member_suspended', 'password_changed'])('ends with %s', (reason) => {
  const { lines, ended } = session();
  lines[0]!.event({ type: 'session.ended', reason });
  expect(ended).toEqual([reason]);
});

it('ends when the server no longer knows the session, and is quiet once it is closed', () => {
  const { account, lines, timers, ended } = session();
  lines[0]!.state('closed', new AppError('unavailable', 'closed'));
  timers[0]!.run();
  lines[1]!.state('closed', new AppError('unauthenticated', 'over'));
  expect([ended, timers.length]).toEqual([['session_ended'], 1]);
  lines[1]!.state('closed', new AppError('unavailable', 'closed'));
  account.close();
  timers[1]!.run();
  expect(lines.length).toBe(2);
});
