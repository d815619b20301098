import { expect } from 'vitest';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import type { Clock } from '#shared/base/clock.ts';
import { RawClient, type RawReply } from './raw-client.ts';
import { startTestServer, testPassword, type TestServer } from './test-server.ts';

/** Status and reason (or code) of a refusal. */
export const outcome = ({ status, body }: RawReply): [number, unknown] => [status, body.error?.details?.reason ?? body.error?.code];
/** What an operation answered, which must have worked. */
export const valueOf = <T>({ body }: RawReply): T => {
  expect(body.error ?? null).toBeNull();
  return body.value as T;
};

/** A clock that tests move; its timers run when it passes them. */
export interface MovableClock extends Clock {
  move(milliseconds: number): void;
}
export function movableClock(start = Date.UTC(2026, 10, 22, 3)): MovableClock {
  let passed = 0;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  return {
    now: () => start + passed,
    monotonic: () => passed,
    after: (milliseconds, run) => {
      const timer = { at: passed + milliseconds, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    move: (milliseconds) => {
      passed += milliseconds;
      for (const timer of [...timers].toSorted((a, b) => a.at - b.at)) {
        if (timer.at <= passed && timers.delete(timer)) timer.run();
      }
    },
  };
}

export interface AuditLine {
  readonly sequence: number;
  readonly actorId: string | null;
  readonly target: string;
  readonly result: string;
  readonly details: Record<string, unknown>;
}

/** A server with its supreme administrator logged in, and shorthands for what tests of the administration do. */
export interface Administration extends TestServer {
  readonly admin: RawClient;
  loggedIn(member: string, password?: string): Promise<RawClient>;
  /** An operation of the administrator that must work. */
  ask<T>(name: string, input?: unknown): Promise<T>;
  /** One that is refused: its status and reason. */
  refused(name: string, input?: unknown): Promise<[number, unknown]>;
  /** A new member whose password is the usual one. */
  hire(more?: object): Promise<AdministeredMember>;
  lastAudit(action: string): Promise<AuditLine>;
}

export async function administration(options: Parameters<typeof startTestServer>[0] = {}): Promise<Administration> {
  const running = await startTestServer(options);
  const loggedIn = async (member: string, password = testPassword): Promise<RawClient> => {
    const client = new RawClient(running.url);
    const reply = await client.login(member, { password });
    expect([member, reply.status]).toEqual([member, 200]);
    return client;
  };
  const admin = await loggedIn('admin');
  const ask = async <T>(name: string, input: unknown = {}): Promise<T> => valueOf<T>(await admin.call(name, input));
  let count = 0;
  return {
    ...running,
    admin,
    loggedIn,
    ask,
    refused: async (name, input = {}) => outcome(await admin.call(name, input)),
    hire: async (more = {}) => {
      count += 1;
      const given = { memberId: `person${count}`, name: `人 ${count}`, reading: `ひと ${count}`, password: testPassword, ...more };
      return (await ask<{ member: AdministeredMember }>('member.create', given)).member;
    },
    lastAudit: async (action) => (await ask<{ entries: [AuditLine] }>('audit.search', { action, limit: 1 })).entries[0],
  };
}
