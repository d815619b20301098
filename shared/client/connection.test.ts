import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#shared/base/errors.ts';
import type { Clock } from '#shared/base/clock.ts';
import type { ServerEvent } from '#shared/contract/events.ts';
import { failure } from '#shared/contract/operation.ts';
import { Connection } from './connection.ts';
import type { Transport } from './transport.ts';

/** A clock that only moves when told. */
class HandClock implements Clock {
  #now = 0;
  #timers: { at: number; run: () => void }[] = [];
  now = () => 1_000_000 + this.#now;
  monotonic = () => this.#now;
  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds, run };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }
  pass(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#now = next.at;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      next.run();
    }
    this.#now = end;
  }
}

const hello: ServerEvent = { type: 'hello', talkCursor: 0, policyRevision: 0, spaces: [] };

/** A server whose line can be cut and whose answers are told. */
function fakeServer() {
  const state = {
    attempts: 0,
    answer: { ok: true, value: {} } as unknown,
    open: null as null | { event(event: ServerEvent): void; close(error?: AppError): void },
  };
  const transport: Transport = {
    url: 'https://example.test',
    call: async () => {
      if (state.answer instanceof AppError) throw state.answer;
      return state.answer;
    },
    events: (onEvent, onState) => {
      state.attempts += 1;
      state.open = { event: onEvent, close: (error) => onState('closed', error) };
      return () => void (state.open = null);
    },
    sendPack: async () => {},
    readChunks: async function* () {},
    readBytes: async function* () {},
  };
  return { state, transport };
}

describe('the connection', () => {
  let clock: HandClock;
  let server: ReturnType<typeof fakeServer>;
  let states: string[];
  let ended: string[];
  let connection: Connection;
  beforeEach(() => {
    clock = new HandClock();
    server = fakeServer();
    states = [];
    ended = [];
    connection = new Connection({
      transport: server.transport,
      host: { clock, random: (size) => new Uint8Array(size).fill(255) },
      onEvent: () => {},
      onState: (state, reason) => states.push(reason === null ? state : `${state} ${reason}`),
      onEnded: (reason) => ended.push(reason),
    });
  });

  it('claims to be online only after the server has said something', () => {
    connection.start();
    expect(connection.state).toBe('connecting');
    expect(connection.lastAnswerAt).toBeNull();
    server.state.open?.event(hello);
    expect(connection.state).toBe('online');
    expect(connection.lastAnswerAt).toBe(clock.now());
  });

  it('tries again later each time, up to a minute apart, and from the start again once it was connected', () => {
    connection.start();
    const waits: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      server.state.open?.close();
      const before = server.state.attempts;
      const from = clock.monotonic();
      while (server.state.attempts === before) clock.pass(50);
      waits.push(clock.monotonic() - from);
    }
    expect(waits.slice(0, 4)).toEqual([500, 1000, 2000, 4000]);
    expect(waits.slice(7)).toEqual([60_000, 60_000, 60_000]);
    server.state.open?.event(hello);
    server.state.open?.close();
    const before = server.state.attempts;
    clock.pass(500);
    expect(server.state.attempts).toBe(before + 1);
  });

  it('looks at once when something says that the network may be back', () => {
    connection.start();
    for (let round = 0; round < 8; round += 1) {
      server.state.open?.close();
      clock.pass(round < 7 ? 60_000 : 0);
    }
    const before = server.state.attempts;
    connection.nudge();
    expect(server.state.attempts).toBe(before + 1);
  });

  it('leaves an attempt alone that has just begun, but not one that belongs to the network of before', () => {
    connection.start();
    connection.nudge();
    expect(server.state.attempts).toBe(1);
    clock.pass(5_000);
    connection.nudge();
    expect(server.state.attempts).toBe(2);
  });

  it('notices a line that went dead without a word', () => {
    connection.start();
    server.state.open?.event(hello);
    clock.pass(40_000);
    server.state.open?.event({ type: 'ping' });
    clock.pass(74_000);
    expect(connection.state).toBe('online');
    clock.pass(2_000);
    expect(states.at(-1)).not.toBe('online');
  });

  it('is offline as soon as a call gets no answer', async () => {
    connection.start();
    server.state.open?.event(hello);
    server.state.answer = new AppError('unavailable', 'no answer');
    await expect(connection.send('policy.mine', {})).rejects.toMatchObject({ code: 'unavailable' });
    expect(connection.state).toBe('offline');
    clock.pass(500);
    server.state.open?.event(hello);
    expect(states).toEqual(['online', 'offline', 'connecting', 'online']);
  });

  it('locks with the reason when the gate refuses the account, and opens again when it no longer does', async () => {
    connection.start();
    server.state.open?.event(hello);
    server.state.answer = failure(new AppError('denied', 'no', { details: { reason: 'app_blocked' } }));
    await connection.send('policy.mine', {});
    expect(states.at(-1)).toBe('locked app_blocked');
    expect(ended).toEqual([]);
    clock.pass(500);
    server.state.open?.event(hello);
    expect(states.at(-1)).toBe('online');
  });

  it('stays locked when the plug is pulled, and follows the reason when another rule takes over', () => {
    connection.start();
    server.state.open?.event(hello);
    server.state.open?.event({ type: 'session.ended', reason: 'app_blocked' });
    for (let round = 0; round < 5; round += 1) {
      clock.pass(10_000);
      server.state.open?.close(new AppError('unavailable', 'no line'));
    }
    expect(connection.state).toBe('locked');
    clock.pass(10_000);
    server.state.open?.close(new AppError('denied', 'no', { details: { reason: 'network_denied' } }));
    expect(states).toEqual(['online', 'locked app_blocked', 'locked network_denied']);
    clock.pass(10_000);
    server.state.open?.event(hello);
    expect(states.at(-1)).toBe('online');
  });

  it('locks when a rule stops the session, keeps it, and opens again when the rule no longer does', () => {
    connection.start();
    server.state.open?.event(hello);
    server.state.open?.event({ type: 'session.ended', reason: 'network_denied' });
    expect(states.at(-1)).toBe('locked network_denied');
    clock.pass(500);
    server.state.open?.close(new AppError('denied', 'no', { details: { reason: 'network_denied' } }));
    clock.pass(1_000);
    server.state.open?.event(hello);
    server.state.open?.event({ type: 'session.ended', reason: 'upgrade_required' });
    expect(states).toEqual(['online', 'locked network_denied', 'online', 'upgrade_required upgrade_required']);
    expect(ended).toEqual([]);
  });

  it('looks every ten seconds while a rule locks the account, and at once when somebody comes back to the window', () => {
    connection.start();
    const refused = new AppError('denied', 'no', { details: { reason: 'network_denied' } });
    const waits: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      server.state.open?.close(refused);
      const before = server.state.attempts;
      const from = clock.monotonic();
      while (server.state.attempts === before) clock.pass(50);
      waits.push(clock.monotonic() - from);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
    server.state.open?.close(refused);
    const before = server.state.attempts;
    connection.nudge();
    expect(server.state.attempts).toBe(before + 1);
    server.state.open?.event(hello);
    expect(states).toEqual(['locked network_denied', 'online']);
  });

  it('ends when the session is over for good', () => {
    connection.start();
    server.state.open?.event(hello);
    for (const reason of ['member_suspended', 'password_changed', 'forced_logout'])
      server.state.open?.event({ type: 'session.ended', reason });
    expect(ended).toEqual(['member_suspended', 'password_changed', 'forced_logout']);
    expect(states).toEqual(['online']);
  });

  it('stays open when a single operation is refused', async () => {
    connection.start();
    server.state.open?.event(hello);
    server.state.answer = failure(new AppError('denied', 'no', { details: { reason: 'extension_blocked' } }));
    await connection.send('file.judge', {});
    server.state.answer = failure(new AppError('conflict', 'no'));
    await connection.send('drive.mutate', {});
    expect(states).toEqual(['online']);
  });

  it('says that an update is needed', async () => {
    connection.start();
    server.state.open?.close(new AppError('upgrade_required', 'old', { details: { reason: 'upgrade_required' } }));
    expect(states).toEqual(['upgrade_required upgrade_required']);
  });

  it('ends with the reason of the server, however it hears of it', async () => {
    connection.start();
    server.state.open?.event({ type: 'session.ended', reason: 'forced_logout' });
    server.state.answer = failure(new AppError('unauthenticated', 'over', { details: { reason: 'session_ended' } }));
    await connection.send('policy.mine', {});
    expect(ended).toEqual(['forced_logout', 'session_ended']);
  });

  it('leaves the server alone after it was stopped', () => {
    connection.start();
    server.state.open?.close();
    const before = server.state.attempts;
    connection.stop();
    clock.pass(600_000);
    connection.nudge();
    expect(server.state.attempts).toBe(before);
  });
});
