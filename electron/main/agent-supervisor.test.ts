import { describe, expect, it } from 'vitest';
import type { Clock } from '#shared/base/clock.ts';
import { AgentSupervisor, type AgentProcess, type AgentState } from './agent-supervisor.ts';

/** A clock that moves when told, running what falls due. */
function makeClock(): Clock & { move(milliseconds: number): void } {
  let time = 0;
  const due = new Map<() => void, number>();
  return {
    now: () => time,
    monotonic: () => time,
    after: (milliseconds, callback) => {
      due.set(callback, time + milliseconds);
      return () => void due.delete(callback);
    },
    move: (milliseconds) => {
      time += milliseconds;
      for (const [callback, at] of [...due]) {
        if (at > time) continue;
        due.delete(callback);
        callback();
      }
    },
  };
}

/** An agent that answers every call with its own number, except `slow`, and ends when told to stop unless it is stuck. */
function makeAgents(stuck = false) {
  const started: { end: (code: number) => void; killed: boolean; heard: unknown[] }[] = [];
  const fork = (): AgentProcess => {
    const number = started.length + 1;
    let receive: (message: unknown) => void = () => undefined;
    let exited: (code: number) => void = () => undefined;
    const agent = { end: (code: number) => exited(code), killed: false, heard: [] as unknown[] };
    started.push(agent);
    return {
      port: {
        post: (raw) => {
          const frame = raw as { frame: string; id: number; name: string; event: { type: string } };
          if (frame.frame === 'event') agent.heard.push(frame.event);
          if (frame.frame === 'event' && frame.event.type === 'stop' && !stuck) exited(0);
          if (frame.frame === 'call' && frame.name !== 'slow')
            receive({ frame: 'reply', id: frame.id, reply: { ok: true, value: number } });
        },
        receive: (handler) => (receive = handler),
      },
      pid: () => number,
      onExit: (listener) => (exited = listener),
      kill: () => (agent.killed = true),
    };
  };
  return { started, fork };
}

function makeSupervisor(stuck = false) {
  const clock = makeClock();
  const { started, fork } = makeAgents(stuck);
  const states: AgentState[] = [];
  const reports: unknown[] = [];
  const supervisor = new AgentSupervisor({
    fork,
    answer: async () => ({ ok: true }),
    onEvent: () => undefined,
    onState: (state) => states.push(state),
    report: (error) => reports.push(error),
    clock,
  });
  return { clock, started, states, reports, supervisor };
}

describe('the agent supervisor', () => {
  it('restarts an agent that crashed: calls under way fail, calls meanwhile wait for the new one', async () => {
    const { clock, started, states, supervisor } = makeSupervisor();
    supervisor.start();
    expect(await supervisor.send('fast', {})).toEqual({ ok: true, value: 1 });
    const underWay = supervisor.send('slow', {});
    started[0]!.end(139);
    expect(await underWay).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    const meanwhile = supervisor.send('fast', {});
    clock.move(200);
    expect(await meanwhile).toEqual({ ok: true, value: 2 });
    expect(states).toEqual(['running', 'restarting', 'running']);
  });

  it('waits longer after the second crash and gives up after the third within a minute', async () => {
    const { clock, started, states, reports, supervisor } = makeSupervisor();
    supervisor.start();
    started[0]!.end(1);
    clock.move(200);
    started[1]!.end(1);
    clock.move(200);
    expect(started).toHaveLength(2);
    clock.move(600);
    expect(started).toHaveLength(3);
    started[2]!.end(1);
    clock.move(60_000);
    expect([started.length, supervisor.state, reports.length]).toEqual([3, 'given_up', 3]);
    expect(await supervisor.send('fast', {})).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    supervisor.start();
    expect(await supervisor.send('fast', {})).toEqual({ ok: true, value: 4 });
    expect(states.at(-1)).toBe('running');
  });

  it('goes on for ever with crashes that are more than a minute apart', () => {
    const { clock, started, supervisor } = makeSupervisor();
    supervisor.start();
    for (let round = 0; round < 10; round += 1) {
      started.at(-1)!.end(1);
      clock.move(200);
      clock.move(60_000);
    }
    expect([started.length, supervisor.state]).toEqual([11, 'running']);
  });

  it('asks the agent to stop and does not start it again', async () => {
    const { clock, started, supervisor } = makeSupervisor();
    supervisor.start();
    await supervisor.stop(5_000);
    clock.move(60_000);
    expect([started.length, started[0]!.heard, started[0]!.killed, supervisor.state]).toEqual([1, [{ type: 'stop' }], false, 'stopped']);
  });

  it('ends an agent that does not stop in time', async () => {
    const { clock, started, supervisor } = makeSupervisor(true);
    supervisor.start();
    const stopped = supervisor.stop(5_000);
    clock.move(4_999);
    expect(started[0]!.killed).toBe(false);
    clock.move(1);
    await stopped;
    expect([started[0]!.killed, supervisor.state]).toEqual([true, 'stopped']);
  });
});
