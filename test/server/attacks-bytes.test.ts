import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventProtocol } from '#shared/contract/events.ts';
import { listenTo, ofType } from '../support/event-listener.ts';
import type { RawClient } from '../support/raw-client.ts';
import { foreignWord, privateWord, rowsWith, signed, twoCompanies, type Planted, type TwoCompanies } from '../support/two-companies.ts';

let world: TwoCompanies;
let theirs: readonly [string, Planted][];
beforeAll(async () => {
  world = await twoCompanies();
  theirs = [
    ['foreign', world.foreign],
    ['personal', world.personal],
  ];
});
afterAll(() => world.running.close());

/** Status, headers that say something of the content, and body of a byte route, without the id that was asked for. */
async function fetched(client: RawClient, method: string, path: string, mask: readonly string[], body?: string): Promise<string> {
  const response = await fetch(`${client.url}${path}`, {
    method,
    headers: signed(client, method, path),
    ...(body === undefined ? {} : { body }),
  });
  const told = ['content-type', 'content-length', 'etag', 'content-disposition', 'last-modified'].map((name) => response.headers.get(name));
  const text = `${response.status} ${told.join('|')} ${await response.text()}`;
  return mask.reduce((masked, id) => masked.replaceAll(id, '<id>'), text);
}
const missingHash = createHash('sha256').update('nobody has this').digest('hex');

test('files of Drive and of messages are not there for those who may not have them, in any version or range', async () => {
  const { attacker, own } = world;
  const path = (file: string, query = '') => `/api/files/${file}/content${query}`;
  const attached = (message: string, file: string) => `/api/messages/${message}/files/${file}`;
  expect(await fetched(attacker, 'GET', path(own['file']!), [])).toMatch(/^200 .*own /);
  expect(await fetched(attacker, 'GET', attached(own['message']!, own['attachment']!), [])).toMatch(/^200 .*own /);
  const nobody = randomUUID();
  for (const [whose, { file, folder, trashed, root, message, attachment }] of theirs) {
    for (const query of ['', '?version=1', '?version=2']) {
      const expected = await fetched(attacker, 'GET', path(nobody, query), [nobody]);
      expect(expected).toMatch(/^404 /);
      for (const id of [file, folder, trashed, root]) {
        expect([whose, await fetched(attacker, 'GET', path(id!, query), [id!])]).toEqual([whose, expected]);
      }
    }
    const expected = await fetched(attacker, 'GET', attached(nobody, nobody), [nobody]);
    expect(expected).toMatch(/^404 /);
    const pairs = [
      [message, attachment],
      [own['message'], attachment],
      [message, own['attachment']],
    ];
    for (const [one, other] of pairs) {
      expect([whose, await fetched(attacker, 'GET', attached(one!, other!), [one!, other!])]).toEqual([whose, expected]);
    }
  }
});

test('who knows a hash does not know whether anybody has the bytes, and gets nothing for it', async () => {
  const { attacker, own, running } = world;
  const before = await rowsWith(running.services.database, [world.foreignTenant]);
  for (const [whose, { hash }] of theirs) {
    const told = async (asked: string): Promise<string[]> => {
      const content = { contentHash: asked, sizeBytes: 10, chunks: null };
      const key = randomUUID();
      const mutation = {
        key,
        kind: 'create_file',
        id: randomUUID(),
        parentId: own['folder'],
        name: 'stolen.txt',
        content: { ...content, modifiedAt: 1, executable: false },
      };
      const answers = [
        await attacker.call('content.missing', { hashes: [asked] }),
        await attacker.call('message.send', {
          id: randomUUID(),
          roomId: own['room'],
          text: '',
          files: [{ name: 'stolen.txt', ...content }],
        }),
        await attacker.call('drive.mutate', { spaceId: own['space'], mutations: [mutation] }),
      ].map(({ status, body }) => `${status} ${JSON.stringify(body)}`.replaceAll(asked, '<hash>').replaceAll(key, '<key>'));
      return [...answers, await fetched(attacker, 'POST', '/api/content/read', [asked], JSON.stringify({ hashes: [asked] }))];
    };
    const answers = await told(hash!);
    expect([whose, answers]).toEqual([whose, await told(missingHash)]);
    expect(answers.join()).toMatch(/missing_chunks/);
    expect(answers.join()).not.toMatch(/"applied"/);
  }
  // Downloads said to be of somebody's file: no line of the log names it, nor its name.
  await world.admin.call('policy.set', { patch: { files: { downloadLog: true } } });
  const items = [world.foreign['file'], world.personal['file']];
  await fetched(attacker, 'POST', '/api/content/read', [], JSON.stringify({ hashes: [own['hash']], items }));
  const { body } = await world.admin.call('download.search', {});
  for (const word of [foreignWord, privateWord]) expect(JSON.stringify(body)).not.toContain(word);
  expect(await rowsWith(running.services.database, [world.foreignTenant])).toEqual(before);
});

test('a ticket opens the socket of the session that asked for it, and no hint of others arrives there', async () => {
  const { attacker, victim, running } = world;
  const reply = await attacker.call('session.ticket');
  const { ticket } = reply.body.value as { ticket: string };
  const headers = { 'x-hikyaku-version': '0.1.0' };
  const listener = listenTo(attacker.url, [eventProtocol, `ticket.${ticket}`], headers);
  const hello = await listener.until(ofType('hello'));
  const spaces = (hello as { spaces: { spaceId: string }[] }).spaces.map(({ spaceId }) => spaceId);
  expect(spaces).toContain(world.own['space']);
  for (const [, { space, shared }] of theirs) expect([spaces.includes(space!), spaces.includes(shared!)]).toEqual([false, false]);
  // Ticket and session belong together: whoever ends the session ends the ticket.
  const spent = (await victim.call('session.ticket')).body.value as { ticket: string };
  const [row] = await running.services.database.selectFrom('tickets').selectAll().execute();
  expect(row).toMatchObject({ tenant_id: running.tenantId, session_id: victim.identity!.sessionId });
  expect(JSON.stringify(row)).not.toContain(spent.ticket);
  const mutation = { key: randomUUID(), kind: 'create_folder', id: randomUUID(), parentId: world.personal['root'], name: privateWord };
  expect((await victim.call('drive.mutate', { spaceId: world.personal['space'], mutations: [mutation] })).status).toBe(200);
  await victim.call('message.send', { id: randomUUID(), roomId: world.personal['room'], text: privateWord });
  running.services.bus.publish({ tenantId: world.foreignTenant, audience: null, event: { type: 'talk.changed', cursor: 4_321 } });
  running.services.bus.publish({ tenantId: running.tenantId, audience: null, event: { type: 'talk.changed', cursor: 9_999 } });
  await listener.until((event) => event.type === 'talk.changed' && event.cursor === 9_999);
  const heard = JSON.stringify(listener.events);
  expect(heard).not.toContain('4321');
  expect(listener.events.filter(({ type }) => type === 'drive.changed')).toEqual([]);
  for (const word of [foreignWord, privateWord, world.personal['space']!]) expect(heard).not.toContain(word);
  listener.socket.terminate();
  const used = listenTo(attacker.url, [eventProtocol, `ticket.${ticket}`], headers);
  const [error] = (await once(used.socket, 'error')) as [Error];
  expect(error.message).toContain('401');
});

test('lists of the administration hold the own company only', async () => {
  const lists = [
    'member.list',
    'organisation.list',
    'group.list',
    'post.list',
    'role.list',
    'invitation.list',
    'device.list',
    'space.list',
  ];
  const more = [
    'identityProvider.list',
    'audit.search',
    'download.search',
    'policy.get',
    'policy.affected',
    'directory.list',
    'session.list',
  ];
  for (const name of [...lists, ...more]) {
    const reply = await world.admin.call(name, name === 'organisation.list' || name === 'group.list' ? { deleted: true } : {});
    expect([name, reply.status]).toEqual([name, 200]);
    expect([name, JSON.stringify(reply.body).includes(foreignWord)]).toEqual([name, false]);
  }
  const pending = await world.running.services.database.selectFrom('pending_rules').selectAll().execute();
  expect(pending).toMatchObject([{ tenant_id: world.foreignTenant }]);
  for (const name of ['policy.confirm', 'policy.revert']) {
    const { status, body } = await world.admin.call(name, { revision: pending[0]!.revision });
    expect([name, status, JSON.stringify(body).includes(foreignWord)]).toEqual([name, 409, false]);
  }
  expect(await world.running.services.database.selectFrom('pending_rules').selectAll().execute()).toEqual(pending);
  const log = await fetched(world.admin, 'GET', '/api/exports/audit.csv', []);
  expect([log.slice(0, 3), log.includes(foreignWord), log.includes('organisation.create')]).toEqual(['200', false, true]);
});
