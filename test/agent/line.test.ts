import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/base/errors.ts';
import { HostBackoff, retryAfterMs } from '../../electron/agent/transport/host-backoff.ts';
import { Line, type LineSettings } from '../../electron/agent/transport/line.ts';
import { HandClock, settled } from './support/hand-clock.ts';

const free: LineSettings = { uploadLimitKiB: 0, downloadLimitKiB: 0, fullSpeedHours: '', pauseOnMetered: false };

function makeLine(settings: Partial<LineSettings> = {}, minute = 10 * 60) {
  const clock = new HandClock();
  const state = { isMetered: false, asked: 0, changes: 0 };
  const began = clock.now();
  const line = new Line({
    clock,
    isMetered: () => {
      state.asked += 1;
      return Promise.resolve(state.isMetered);
    },
    minuteOfDay: (now) => (minute + Math.floor((now - began) / 60_000)) % 1440,
    onChange: () => (state.changes += 1),
  });
  line.configure({ ...free, ...settings });
  return { clock, state, line };
}

/** Somebody who always has more to send; counts what went. */
function sender(line: Line, way: 'up' | 'down', bytes = 8 * 1024): { sent: number } {
  const counter = { sent: 0 };
  const run = async (): Promise<void> => {
    for (;;) {
      const wait = line[way](bytes);
      if (wait === null) await settled();
      else await wait;
      counter.sent += bytes;
      if (counter.sent > 1e9) return;
    }
  };
  void run();
  return counter;
}

describe('limits', () => {
  it('are kept to within one part in fifty over ten seconds, by all who send together, each way by itself', async () => {
    const { clock, line } = makeLine({ uploadLimitKiB: 100, downloadLimitKiB: 1_000 });
    const [one, other, down] = [sender(line, 'up'), sender(line, 'up', 3_000), sender(line, 'down', 64 * 1024)];
    await clock.pass(10_000);
    const up = (one.sent + other.sent) / 1024;
    expect(up).toBeGreaterThan(980);
    expect(up).toBeLessThan(1_040);
    expect(down.sent / 1024).toBeGreaterThan(9_800);
    expect(down.sent / 1024).toBeLessThan(10_400);
    // Whoever asks for less at once still gets every second turn.
    expect(other.sent).toBeGreaterThan(up * 1024 * 0.2);
  });

  it('change at once, also for those who wait already', async () => {
    const { clock, line } = makeLine({ uploadLimitKiB: 1 });
    const slow = sender(line, 'up');
    await clock.pass(20_000);
    expect(slow.sent).toBeLessThan(60 * 1024);
    const before = slow.sent;
    line.configure({ ...free, uploadLimitKiB: 1_000 });
    await clock.pass(2_000);
    expect(slow.sent - before).toBeGreaterThan(1_900 * 1024);
    line.configure({ ...free, uploadLimitKiB: 10 });
    const then = slow.sent;
    await clock.pass(10_000);
    expect(slow.sent - then).toBeLessThan(130 * 1024);
  });

  it('do not hold in the hours of full speed, over midnight too', async () => {
    const { clock, line } = makeLine({ uploadLimitKiB: 1, fullSpeedHours: '20:00-07:00' }, 19 * 60 + 59);
    expect(line.isLimited).toBe(true);
    await clock.pass(61_000);
    expect(line.isLimited).toBe(false);
    await clock.pass(10 * 3_600_000);
    expect(line.isLimited).toBe(false);
    await clock.pass(3_600_000);
    expect(line.isLimited).toBe(true);
  });

  it('let nobody wait who gave up, and leave no turn to them', async () => {
    const { clock, line } = makeLine({ downloadLimitKiB: 1 });
    for (let index = 0; index < 4; index += 1) void line.down(8 * 1024);
    const ended = new AbortController();
    const waiting = line.down(1_000_000, ended.signal)!;
    const next = line.down(10)!;
    let isThrough = false;
    void next.then(() => (isThrough = true));
    ended.abort(new AppError('unavailable', 'given up'));
    await expect(waiting).rejects.toMatchObject({ message: 'given up' });
    await clock.pass(60_000);
    expect(isThrough).toBe(true);
  });
});

describe('a network that is paid by volume', () => {
  it('is waited out, is looked at again, and holds nothing when the person says so', async () => {
    const { clock, state, line } = makeLine({ pauseOnMetered: true });
    await settled();
    const counter = sender(line, 'up');
    await clock.pass(1_000);
    expect(counter.sent).toBeGreaterThan(0);
    state.isMetered = true;
    line.networkChanged();
    await clock.pass(1);
    void line.up(1);
    await clock.pass(1);
    expect(line.waits).toBe('metered_network');
    const held = counter.sent;
    await clock.pass(30_000);
    expect(counter.sent).toBe(held);
    expect(state.changes).toBe(1);
    state.isMetered = false;
    await clock.pass(11_000);
    expect(line.waits).toBeNull();
    expect(counter.sent).toBeGreaterThan(held);
    state.isMetered = true;
    line.networkChanged();
    await clock.pass(1);
    line.configure({ ...free, pauseOnMetered: false });
    expect(line.waits).toBeNull();
  });

  it('is asked about only while something moves', async () => {
    const { clock, state, line } = makeLine({ pauseOnMetered: true });
    await clock.pass(10 * 3_600_000);
    expect(state.asked).toBe(1);
    void line.up(1);
    await clock.pass(1);
    expect(state.asked).toBe(2);
  });
});

describe('pauses for a server in trouble', () => {
  it('keep many who ask all the time to a few requests a minute, whatever the length of the outage', async () => {
    const clock = new HandClock();
    let seed = 7;
    const backoff = new HostBackoff(clock, () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647);
    const minutes: number[] = [];
    const refusals = new Set<string>();
    for (let minute = 0; minute < 30; minute += 1) {
      let requests = 0;
      for (let step = 0; step < 60; step += 1) {
        for (let asker = 0; asker < 10; asker += 1) {
          try {
            const tell = backoff.begin();
            requests += 1;
            tell('no_answer');
          } catch (error) {
            refusals.add((error as AppError).code + String((error as AppError).details === undefined));
          }
        }
        await clock.pass(1_000);
      }
      minutes.push(requests);
    }
    expect(minutes[0]).toBeLessThanOrEqual(9);
    expect(Math.max(...minutes.slice(2))).toBeLessThanOrEqual(3);
    expect(Math.min(...minutes)).toBeGreaterThan(0);
    expect([...refusals]).toEqual(['unavailablefalse']);
  });

  it('count what failed together once, let one look, and end with its answer', async () => {
    const clock = new HandClock();
    const backoff = new HostBackoff(clock, () => 0.5);
    const together = [backoff.begin(), backoff.begin(), backoff.begin()];
    for (const tell of together) tell('no_answer');
    expect(backoff.pause).toBe(500);
    await clock.pass(500);
    const probe = backoff.begin();
    expect(() => backoff.begin()).toThrow(AppError);
    probe('answered');
    expect(backoff.pause).toBe(0);
    backoff.begin()('answered');
  });

  it('are as long as the server asks for', async () => {
    const clock = new HandClock();
    const backoff = new HostBackoff(clock, () => 0.5);
    backoff.begin()({ retryAfterMs: 90_000 });
    await clock.pass(89_000);
    expect(() => backoff.begin()).toThrow(AppError);
    await clock.pass(1_000);
    backoff.begin()('answered');
    expect(retryAfterMs('7', 0)).toBe(7_000);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:01:00 GMT', 20_000)).toBe(40_000);
    expect(retryAfterMs('soon', 0)).toBeNull();
    expect(retryAfterMs(null, 0)).toBeNull();
  });
});
