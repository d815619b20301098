import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Contract } from '#shared/contract/operation.ts';
import { server as contract } from '#shared/contract/server.ts';
import { idPlaces, plausible, type IdPlace } from '../support/plausible.ts';
import type { RawClient, RawReply } from '../support/raw-client.ts';
import { foreignWord, ownFields, privateWord, rowsWith, twoCompanies, type TwoCompanies } from '../support/two-companies.ts';

let world: TwoCompanies;
beforeAll(async () => {
  world = await twoCompanies();
});
afterAll(() => world.running.close());

const operations: Contract = contract;
/** Names that people choose and places in an order: they refer to nothing. */
const chosen = new Set([
  'member.create.memberId',
  'member.changeId.memberId',
  'invitation.accept.memberId',
  'member.list.after',
  'download.search.before',
  'drive.activity.before',
  'link.accesses.before',
]);

let count = 0;
const inputOf = ({ operation, path }: Pick<IdPlace, 'operation' | 'path'>, id: string): unknown => {
  const fields = ownFields(world.own);
  return plausible(operations[operation]!.input, operation, {
    at: { path, value: id },
    own: (at, name) => (Object.hasOwn(fields, at) ? fields[at] : fields[name ?? '']),
    next: () => (count += 1),
  });
};

const asker = (operation: string): { client: RawClient; token: string | null } => {
  const { access } = operations[operation]!;
  const client = access === 'administrator' ? world.admin : world.attacker;
  return { client, token: access === 'public' ? null : client.grant!.accessToken };
};
const ask = ({ operation, path }: Pick<IdPlace, 'operation' | 'path'>, id: string): Promise<RawReply> => {
  const { client, token } = asker(operation);
  return client.call(operation, inputOf({ operation, path }, id), {}, token);
};

/** An answer without what is new each time: the id that was asked for, made ids, names, secrets, times and counters. */
const plain = ({ status, body }: RawReply, id: string): string =>
  `${status} ${JSON.stringify(body)}`
    .replaceAll(id, '<id>')
    .replace(/t\d+x/g, '<name>')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<made>')
    .replace(/[\w-]{40,}/g, '<secret>')
    .replace(/"(\w*[aA]t|\w*Until|since|until|\w*[sS]equence|change|revision|order|cursor)":\d+/g, '"$1":0');

const places = idPlaces(contract).filter(({ path }) => !chosen.has(path));
/** Searches first: what is refused later is in the log under the id that was asked for. */
const references = places
  .filter(({ minted, operation }) => !minted || operation === 'drive.saveFromMessage')
  .toSorted((a, b) => Number(b.operation.endsWith('.search')) - Number(a.operation.endsWith('.search')));
/** Kinds of objects that a field of this name, or an operation on this noun, is made for. */
const meant: Readonly<Record<string, readonly string[]>> = {
  roomId: ['room'],
  messageId: ['message'],
  fileId: ['attachment'],
  spaceId: ['space', 'shared'],
  folderId: ['root', 'folder'],
  parentId: ['root', 'folder', 'organisation', 'binned'],
  nodeId: ['root', 'folder', 'file', 'trashed'],
  sessionId: ['session'],
  deviceId: ['device'],
  organisationId: ['organisation', 'binned'],
  roleId: ['role'],
  templateId: ['template'],
  positionId: ['post'],
  levelId: ['post'],
  userTypeId: ['post'],
  method: ['provider'],
  id: ['organisation', 'binned', 'group', 'post', 'role', 'provider', 'invitation', 'linked', 'passkey', 'device', 'template'],
};
const people = ['member', 'supreme', 'login'];
const others = 4;

/** What goes into a place: every object it could mean, and some that it does not mean, another few for each place. */
function targets(place: IdPlace, index: number): [string, string][] {
  const personal = operations[place.operation]!.access === 'member' ? Object.entries(world.personal) : [];
  const all = [
    ...Object.entries(world.foreign).map(([kind, id]) => ({ kind, label: `foreign ${kind}`, id })),
    ...personal.map(([kind, id]) => ({ kind, label: `personal ${kind}`, id })),
  ].filter(({ kind, id }) => kind !== 'hash' && (!place.minted || /^[0-9a-f-]{36}$/.test(id)));
  const kinds = meant[place.name] ?? people;
  const rest = all.filter(({ kind }) => !kinds.includes(kind));
  const some = Array.from({ length: others }, (_, turn) => rest[(index * others + turn) % rest.length]!);
  return [...all.filter(({ kind }) => kinds.includes(kind)), ...some].map(({ label, id }) => [label, id]);
}
const leaks = ({ body }: RawReply): string[] => [foreignWord, privateWord].filter((word) => JSON.stringify(body).includes(word));

test('there are places for ids, and each is asked for with an input that the schema takes', () => {
  expect(references.length).toBeGreaterThan(90);
  for (const place of references) {
    const input = inputOf(place, 'some-id');
    const parsed = operations[place.operation]!.input.safeParse(inputOf(place, randomUUID()));
    expect([place.path, parsed.success, parsed.error?.message]).toEqual([place.path, true, undefined]);
    expect(JSON.stringify(input)).toContain('some-id');
  }
});

test('an id of another company’s, or of another member’s own, is answered exactly as one that does not exist, and nothing changes', async () => {
  const { database } = world.running.services;
  const marks = [world.foreignTenant, ...Object.values(world.personal)];
  const before = await rowsWith(database, marks);
  const told: string[] = [];
  for (const [index, place] of references.entries()) {
    const nobody = randomUUID();
    const expected = plain(await ask(place, nobody), nobody);
    for (const [kind, id] of targets(place, index)) {
      const reply = await ask(place, id);
      const found = leaks({ ...reply, body: JSON.parse(JSON.stringify(reply.body).replaceAll(id, '')) as RawReply['body'] });
      if (plain(reply, id) !== expected || found.length > 0)
        told.push(`${place.path} ${kind}: ${plain(reply, id)} instead of ${expected} ${found.join()}`);
    }
  }
  expect(told).toEqual([]);
  expect(await rowsWith(database, marks)).toEqual(before);
});

test('an id that a client mints is free whoever has the same one elsewhere, and says nothing of theirs', async () => {
  const { database } = world.running.services;
  const marks = [world.foreignTenant, ...Object.values(world.personal)];
  const minted = places.filter((place) => place.minted && !references.includes(place));
  expect(minted.length).toBeGreaterThan(8);
  const before = await rowsWith(database, [world.foreignTenant]);
  const theirs = (await rowsWith(database, marks)).filter((row) => row.includes(privateWord));
  for (const place of minted) {
    // Answers to keys that the attacker used itself are the attacker's.
    await database.deleteFrom('mutation_results').where('member_id', '=', 'member-sato').execute();
    const nobody = randomUUID();
    const expected = plain(await ask(place, nobody), nobody);
    const kinds = ['room', 'message', 'folder', 'file', 'key'] as const;
    const targeted = kinds.flatMap((kind) => [world.foreign[kind]!, world.personal[kind]!].map((id) => [kind, id] as const));
    for (const [kind, id] of targeted) {
      const reply = await ask(place, id);
      expect([place.path, kind, leaks(reply)]).toEqual([place.path, kind, []]);
      const said = plain(reply, id);
      if (said !== expected) expect([place.path, kind, said]).toEqual([place.path, kind, expect.stringContaining('"id_taken"')]);
    }
  }
  expect(await rowsWith(database, [world.foreignTenant])).toEqual(before);
  expect((await rowsWith(database, marks)).filter((row) => row.includes(privateWord))).toEqual(theirs);
});
