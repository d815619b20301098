import { expect, test } from 'vitest';
import type { ServerEvent } from '#shared/contract/events.ts';
import type { Transport } from '#shared/client/transport.ts';
import { consoleLink, isCancelled, type LinkEvent } from './console-link.ts';

const failed = (code: string, reason: string) => ({ ok: false, error: { code, message: '', details: { reason } } });

/** A server that wants a proof once in a while, and one socket. */
function fakeServer() {
  const calls: string[] = [];
  let fresh = false;
  let reply: unknown = null;
  let socket: { hear: (event: ServerEvent) => void; state: (state: 'open' | 'closed') => void } | null = null;
  const versions: string[] = [];
  const make = (version: string): Transport => {
    versions.push(version);
    return {
      url: '',
      call: async (name) => {
        calls.push(name);
        if (reply !== null) return reply;
        if (name === 'server.info') return { ok: true, value: { product: 'hikyaku', version: '1.2.3', tenant: null, demoAccounts: [] } };
        return fresh ? { ok: true, value: {} } : failed('denied', 'reauthentication_required');
      },
      events: (hear, state) => {
        socket = { hear, state };
        return () => undefined;
      },
      sendPack: async () => undefined,
      readChunks: async function* () {},
      readBytes: async function* () {},
    };
  };
  return {
    make,
    calls,
    versions,
    prove: (yes: boolean) => (fresh = yes),
    answer: (given: unknown) => (reply = given),
    socket: () => socket!,
  };
}

test('a dangerous call waits for the proof and is repeated once', async () => {
  const server = fakeServer();
  const link = consoleLink(server.make, async () => server.prove(true));
  await link.api['role.delete']({ id: 'r' });
  expect(server.calls).toEqual(['role.delete', 'role.delete']);
});

test('a person who gives up gets a failure that nobody needs to explain', async () => {
  const server = fakeServer();
  const link = consoleLink(server.make, async () => false);
  const failure = await link.api['role.delete']({ id: 'r' }).catch((error: unknown) => error);
  expect([isCancelled(failure), server.calls.length]).toEqual([true, 1]);
});

test('calls say the server’s own version once it is known', async () => {
  const server = fakeServer();
  const link = consoleLink(server.make, async () => false);
  await link.start();
  expect(server.versions).toEqual(['', '1.2.3']);
});

test('an ended session is told, whether a call or the socket says it; a wrong password at login is not', async () => {
  const server = fakeServer();
  const link = consoleLink(server.make, async () => false);
  const heard: LinkEvent[] = [];
  link.onEvent((event) => void heard.push(event));
  server.answer(failed('unauthenticated', 'session_ended'));
  const device = { name: '', platform: '', appVersion: '' };
  await link.api['session.login']({ member: 'a', password: 'b', kind: 'browser', device }).catch(() => undefined);
  await link.api['session.current']({}).catch(() => undefined);
  expect(heard).toEqual([]);
  await link.api['role.list']({}).catch(() => undefined);
  const stop = link.listen();
  server.socket().hear({ type: 'session.ended', reason: 'member_suspended' });
  stop();
  expect(heard).toEqual([
    { type: 'ended', reason: 'session_ended' },
    { type: 'ended', reason: 'member_suspended' },
  ]);
});

test('hints say what changed, and a lost socket is told', () => {
  const server = fakeServer();
  const link = consoleLink(server.make, async () => false);
  const heard: LinkEvent[] = [];
  link.onEvent((event) => void heard.push(event));
  const stop = link.listen();
  server.socket().state('open');
  server.socket().hear({ type: 'policy.changed', revision: 2 });
  server.socket().hear({ type: 'directory.changed' });
  server.socket().hear({ type: 'ping' });
  server.socket().state('closed');
  stop();
  expect(heard).toEqual([
    { type: 'connection', open: true },
    { type: 'changed', what: 'rules' },
    { type: 'changed', what: 'people' },
    { type: 'connection', open: false },
  ]);
});
