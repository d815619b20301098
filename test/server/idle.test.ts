import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PolicyPatch } from '#shared/model/policy.ts';
import { listenAs } from '../support/event-listener.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const minute = 60_000;
let running: TestServer;
let offset = 0;
beforeAll(async () => {
  const clock = {
    now: () => Date.now() + offset,
    monotonic: () => performance.now() + offset,
    after: (milliseconds: number, callback: () => void) => {
      const timer = setTimeout(callback, milliseconds);
      return () => clearTimeout(timer);
    },
  };
  running = await startTestServer({ clock });
});
afterAll(() => running.close());

const outcome = ({ status, body }: RawReply): unknown[] => [status, body.ok || body.error?.details?.reason];
const loggedIn = async (member = 'sato'): Promise<RawClient> => {
  const client = new RawClient(running.url);
  expect(outcome(await client.login(member))).toEqual([200, true]);
  return client;
};
const setRules = async (patch: PolicyPatch): Promise<void> => {
  const admin = await loggedIn('admin');
  expect(outcome(await admin.call('policy.set', { patch }))).toEqual([200, true]);
  await admin.call('session.end');
};
const audited = async (target: string): Promise<unknown[]> => {
  const rows = await running.services.database
    .selectFrom('audit_entries')
    .select(['action', 'result', 'details'])
    .where('action', '=', 'session.idle')
    .where('target', '=', target)
    .execute();
  return rows.map(({ action, result, details }) => [action, result, (JSON.parse(details) as { reason: string }).reason]);
};
/** Access tokens live five minutes: a client that is only slow renews them, and that is no activity. */
const pass = async (client: RawClient, minutes: number): Promise<RawReply> => {
  offset += minutes * minute;
  const renewed = await client.refresh();
  return renewed.body.ok ? client.call('session.current') : renewed;
};

test('a session that nobody touches ends two minutes after its rule, whatever its program does by itself (ACC-33)', async () => {
  await setRules({ idleLogout: { pcAppMinutes: 30 } });
  const client = await loggedIn();
  const id = client.identity!.sessionId;
  expect(outcome(await pass(client, 20))).toEqual([200, true]);
  expect(outcome(await pass(client, 11))).toEqual([200, true]);
  expect(outcome(await pass(client, 2))).toEqual([401, 'session_idle']);
  expect(outcome(await client.call('session.current'))[0]).toBe(401);
  expect(await audited(id)).toEqual([['session.idle', 'denied', 'session_idle']]);
});

test('what the person does keeps the session open, counted from there', async () => {
  const client = await loggedIn();
  expect(outcome(await pass(client, 29))).toEqual([200, true]);
  expect(outcome(await client.call('session.active'))).toEqual([200, true]);
  expect(outcome(await pass(client, 29))).toEqual([200, true]);
  expect(outcome(await pass(client, 4))).toEqual([401, 'session_idle']);
});

test('the request itself is refused where the access token still lives', async () => {
  const client = await loggedIn();
  await pass(client, 28);
  await client.refresh();
  offset += 4.5 * minute;
  expect(outcome(await client.call('directory.list'))).toEqual([401, 'session_idle']);
  // Which ends it: asking to be active again comes too late.
  expect(outcome(await client.call('session.active'))).toEqual([401, 'session_idle']);
  expect(outcome(await client.refresh())).toEqual([401, 'session_idle']);
  expect(await audited(client.identity!.sessionId)).toHaveLength(1);
});

test('a stricter rule reaches an open socket at once, and the sync agent has no such rule', async () => {
  await setRules({ idleLogout: { pcAppMinutes: null } });
  const client = await loggedIn();
  const agent = new RawClient(running.url);
  await agent.login('sato', { kind: 'drive-explorer' });
  expect(outcome(await pass(client, 60))).toEqual([200, true]);
  await agent.refresh();
  const [socket, agentSocket] = [await listenAs(client), await listenAs(agent)];
  await setRules({ idleLogout: { pcAppMinutes: 30 } });
  expect(await socket.until(({ type }) => type === 'session.ended')).toEqual({ type: 'session.ended', reason: 'session_idle' });
  expect(outcome(await agent.call('session.current'))).toEqual([200, true]);
  expect(agentSocket.events.some(({ type }) => type === 'session.ended')).toBe(false);
  agentSocket.socket.close();
});

test('a program that ends its own idle session says so, in the list of sessions and in the log', async () => {
  const client = await loggedIn();
  const id = client.identity!.sessionId;
  const other = await loggedIn();
  expect(outcome(await client.call('session.end', { reason: 'idle' }))).toEqual([200, true]);
  expect(outcome(await client.call('session.current'))).toEqual([401, 'session_idle']);
  const { sessions } = (await other.call('session.list')).body.value as { sessions: { id: string; endedReason: string | null }[] };
  expect(sessions.find((session) => session.id === id)?.endedReason).toBe('session_idle');
  expect(await audited(id)).toEqual([['session.idle', 'success', 'session_idle']]);
});

test('ending somebody else’s session as idle is a forced logout all the same', async () => {
  const client = await loggedIn();
  const admin = await loggedIn('admin');
  await admin.call('session.end', { sessionId: client.identity!.sessionId, reason: 'idle' });
  expect(outcome(await client.call('session.current'))).toEqual([401, 'session_ended']);
});

test('a browser has a rule of its own, twelve hours until the administrator says otherwise (ACC-31)', async () => {
  const browser = async (path: string, cookie: string, input: object = {}) => {
    const headers = { origin: running.url, 'x-hikyaku': '1', 'sec-fetch-site': 'same-origin', 'content-type': 'application/json', cookie };
    const response = await fetch(`${running.url}/api/${path}`, { method: 'POST', headers, body: JSON.stringify(input) });
    const body = (await response.json()) as RawReply['body'];
    return { status: response.status, headers: response.headers, body };
  };
  const device = { name: 'Browser', platform: 'test', appVersion: '0.1.0' };
  const login = async () => {
    const reply = await browser('session.login', '', { member: 'tanaka', password: 'correct horse 42', kind: 'browser', device });
    expect(outcome(reply)).toEqual([200, true]);
    return reply.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0]!)
      .join('; ');
  };
  const first = await login();
  offset += 700 * minute;
  expect(outcome(await browser('session.current', first))).toEqual([200, true]);
  offset += 23 * minute;
  expect(outcome(await browser('session.current', first))).toEqual([401, 'session_idle']);
  await setRules({ idleLogout: { browserMinutes: 43_200 } });
  const second = await login();
  offset += 29 * 24 * 60 * minute;
  expect(outcome(await browser('session.current', second))).toEqual([200, true]);
  await setRules({ idleLogout: { browserMinutes: 720 } });
});
