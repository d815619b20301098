import { createHash, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { encodePack } from '#shared/contract/pack.ts';
import type { MutationResult, Space } from '#shared/model/drive.ts';
import type { Database } from '../../server/context.ts';
import { RawClient, type RawReply } from './raw-client.ts';
import { addTenant, startTestServer, type TestServer } from './test-server.ts';

/** Words that stand in everything of the other company, and in everything that is one member's own: no answer to anybody else holds them. */
export const foreignWord = 'qzforeign';
export const privateWord = 'qzprivate';

/** Objects of one company or member, by kind: what an attacker might have learned the ids of. */
export type Planted = Readonly<Record<string, string>>;

export interface TwoCompanies {
  readonly running: TestServer;
  /** Supreme administrator, attacking member and attacked member of `acme`. */
  readonly admin: RawClient;
  readonly attacker: RawClient;
  readonly victim: RawClient;
  readonly foreignTenant: string;
  /** Everything that there is in the other company. */
  readonly foreign: Planted;
  /** What is the victim's alone. */
  readonly personal: Planted;
  /** The attacker's own things, and what the company has, for the other fields of an input. */
  readonly own: Planted;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const value = <T>(reply: RawReply): T => {
  expect(reply.body).toMatchObject({ ok: true });
  return reply.body.value as T;
};

/** Signs a request other than an operation. */
export const signed = (client: RawClient, method: string, path: string): Record<string, string> => ({
  dpop: client.proof(method, path.split('?')[0]!, client.grant!.accessToken),
  authorization: `DPoP ${client.grant!.accessToken}`,
  'x-hikyaku-version': client.version,
});

/** Talk, Drive, session and second factors of one member. */
async function personalThings(database: Database, tenantId: string, client: RawClient, word: string): Promise<Planted> {
  const { member, sessionId } = client.identity!;
  const bytes = Buffer.from(`${word} ${tenantId} ${member.id} in a file`);
  const packed = await fetch(`${client.url}/api/content/pack`, {
    method: 'PUT',
    headers: signed(client, 'PUT', '/api/content/pack'),
    body: encodePack([{ hash: sha256(bytes), bytes }]) as BodyInit,
  });
  expect(packed.status).toBe(200);
  const content = { contentHash: sha256(bytes), sizeBytes: bytes.length, chunks: null, modifiedAt: 1, executable: false };
  const { spaces } = value<{ spaces: Space[] }>(await client.call('drive.spaces'));
  const space = spaces.find(({ kind }) => kind === 'my')!;
  const key = randomUUID();
  const mutate = async (mutation: object): Promise<void> => {
    const reply = await client.call('drive.mutate', { spaceId: space.id, mutations: [{ key: randomUUID(), ...mutation }] });
    expect(value<{ results: MutationResult[] }>(reply).results[0]!.kind).toBe('applied');
  };
  const [folder, file, trashed, room, message] = [randomUUID(), randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  await mutate({ key, kind: 'create_folder', id: folder, parentId: space.rootId, name: `${word} folder` });
  await mutate({ kind: 'create_file', id: file, parentId: folder, name: `${word} file.txt`, content });
  await mutate({ kind: 'create_folder', id: trashed, parentId: space.rootId, name: `${word} trash` });
  await mutate({ kind: 'delete', nodeId: trashed, baseVersion: 0 });
  value(await client.call('room.create', { id: room, kind: 'group', name: `${word} room`, memberIds: [] }));
  const files = [{ name: `${word}.txt`, contentHash: content.contentHash, sizeBytes: content.sizeBytes, chunks: null }];
  const sent = await client.call('message.send', { id: message, roomId: room, text: `${word} said`, files });
  const { id: attachment } = value<{ message: { files: { id: string }[] } }>(sent).message.files[0]!;
  const { device_id: device } = await database
    .selectFrom('sessions')
    .select('device_id')
    .where('id', '=', sessionId)
    .executeTakeFirstOrThrow();
  const trusted = { trusted_at: Date.now(), trusted_until: Date.now() + 86_400_000 };
  await database.updateTable('devices').set(trusted).where('id', '=', device).execute();
  const passkey = randomUUID();
  await database
    .insertInto('passkeys')
    .values({
      tenant_id: tenantId,
      id: passkey,
      member_id: member.id,
      credential_id: randomUUID(),
      public_key: 'AA',
      counter: 0,
      transports: '[]',
      name: word,
      created_at: 1,
      last_used_at: null,
    })
    .execute();
  return {
    space: space.id,
    root: space.rootId,
    folder,
    file,
    trashed,
    room,
    message,
    attachment,
    session: sessionId,
    device,
    passkey,
    key,
    hash: content.contentHash,
  };
}

/** What the administration of a company holds. */
async function companyThings(database: Database, tenantId: string, admin: RawClient, memberId: string, word: string): Promise<Planted> {
  const made = async (name: string, input: object, kind: string): Promise<string> =>
    value<Record<string, { id: string }>>(await admin.call(name, input))[kind]!.id;
  const organisation = await made('organisation.create', { name: `${word} org`, parentId: null }, 'organisation');
  const binned = await made('organisation.create', { name: `${word} old org`, parentId: null }, 'organisation');
  value(await admin.call('organisation.delete', { id: binned }));
  const group = await made('group.create', { name: `${word} group`, masters: [memberId], members: [] }, 'group');
  const post = await made('post.create', { kind: 'user_type', name: `${word} type` }, 'post');
  const role = await made('role.create', { name: `${word} role`, rights: ['audit'] }, 'role');
  const provider = await made(
    'identityProvider.set',
    { provider: { kind: 'oidc', name: `${word} idp`, enabled: false, issuer: 'http://127.0.0.1:9', clientId: word, match: 'sub' } },
    'provider',
  );
  const shared = await made('space.create', { name: `${word} drive`, members: [{ member: memberId, permission: 'edit' }] }, 'space');
  const [linked, invitation, download] = [randomUUID(), randomUUID(), randomUUID()];
  await database
    .insertInto('linked_identities')
    .values({ tenant_id: tenantId, id: linked, provider_id: provider, subject: word, member_id: memberId, linked_at: 1, unlinked_at: null })
    .execute();
  await database
    .insertInto('invitations')
    .values({
      tenant_id: tenantId,
      id: invitation,
      hash: invitation,
      kind: 'join',
      created_by: memberId,
      member_id: null,
      created_at: 1,
      expires_at: Date.now() + 86_400_000,
    })
    .execute();
  await database
    .insertInto('download_log')
    .values({
      tenant_id: tenantId,
      id: download,
      at: Date.now(),
      member_id: memberId,
      service: 'drive',
      name: `${word}.txt`,
      size_bytes: 1,
      item_id: 'x',
      client: 'pc-app',
      address: '127.0.0.1',
    })
    .execute();
  return { organisation, binned, group, post, role, provider, shared, linked, invitation, download };
}

/** One server, two companies, and one of everything in each. */
export async function twoCompanies(options: Parameters<typeof startTestServer>[0] = {}): Promise<TwoCompanies> {
  const running = await startTestServer(options);
  const { database } = running.services;
  const foreignTenant = await addTenant(running.services, 'globex', {
    [`${foreignWord}boss`]: 'supreme',
    [`${foreignWord}staff`]: 'member',
  });
  const loggedIn = async (member: string): Promise<RawClient> => {
    const client = new RawClient(running.url);
    expect((await client.login(member)).status).toBe(200);
    return client;
  };
  const [admin, attacker, victim] = [await loggedIn('admin@acme'), await loggedIn('sato@acme'), await loggedIn('tanaka@acme')];
  const [boss, staff] = [await loggedIn(`${foreignWord}boss@globex`), await loggedIn(`${foreignWord}staff@globex`)];
  const staffId = staff.identity!.member.id;
  const foreign = {
    member: staffId,
    supreme: boss.identity!.member.id,
    login: `${foreignWord}staff`,
    ...(await personalThings(database, foreignTenant, staff, foreignWord)),
    ...(await companyThings(database, foreignTenant, boss, staffId, foreignWord)),
  };
  const templates = [
    { id: 'default', name: 'Standard' },
    { id: `${foreignWord}-template`, name: foreignWord },
  ];
  const services = { talk: ['browser', 'pc-app', 'drive-explorer', 'mobile'], drive: ['browser', 'pc-app', 'drive-explorer', 'mobile'] };
  value(await boss.call('policy.set', { patch: { permissions: { templates: templates.map((template) => ({ ...template, services })) } } }));
  value(await boss.call('policy.set', { patch: { contact: { en: foreignWord } }, confirmWithinSeconds: 600 }));
  const attackerId = attacker.identity!.member.id;
  return {
    running,
    admin,
    attacker,
    victim,
    foreignTenant,
    foreign: { ...foreign, template: `${foreignWord}-template` },
    personal: await personalThings(database, running.tenantId, victim, privateWord),
    own: {
      member: attackerId,
      colleague: victim.identity!.member.id,
      ...(await personalThings(database, running.tenantId, attacker, 'own')),
      ...(await companyThings(database, running.tenantId, admin, attackerId, 'own')),
    },
  };
}

const emptyFile = {
  contentHash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  sizeBytes: 0,
  chunks: null,
  modifiedAt: 1,
  executable: false,
};
/** Objects that the asker may name, by the path or the field that takes one, and what else an operation has to be given to get that far. */
export function ownFields(own: Planted): Readonly<Record<string, unknown>> {
  return {
    member: own['colleague'],
    members: own['colleague'],
    memberIds: own['colleague'],
    masters: own['member'],
    mentions: own['colleague'],
    roomId: own['room'],
    messageId: own['message'],
    fileId: own['attachment'],
    spaceId: own['space'],
    folderId: own['folder'],
    parentId: own['folder'],
    nodeId: own['file'],
    'drive.mutate.mutations[]|1.content': emptyFile,
    'drive.mutate.mutations[]|2.content': emptyFile,
    'room.create.kind': 'group',
    'room.create.name': 'Group',
    'session.external.member': '@acme',
    'session.external.returnTo': 'http://127.0.0.1:9/back',
    'organisation.update.id': own['organisation'],
    'group.update.id': own['group'],
    'post.update.id': own['post'],
    'role.update.id': own['role'],
    'organisation.create.parentId': null,
    'space.setMembers.spaceId': own['shared'],
    'member.unlinkIdentity.id': own['linked'],
    'member.relinkIdentity.id': own['linked'],
    'member.setRole.role': 'custom',
    'member.create.role': 'custom',
    'policy.simulate.address': '127.0.0.1',
    'policy.simulate.clientVersion': '0.1.0',
  };
}
/**
 * Every row of the database that holds one of `marks`, as text; the audit log of others is theirs to write, and the index of searches follows
 * what is there in its own time.
 */
export async function rowsWith(database: Database, marks: readonly string[]): Promise<string[]> {
  const rows: string[] = [];
  for (const { name } of await database.introspection.getTables()) {
    if (name === 'audit_entries' || name.startsWith('search_')) continue;
    const all = await database
      .selectFrom(name as 'tenants')
      .selectAll()
      .execute();
    for (const row of all) {
      const text = `${name} ${JSON.stringify(row)}`;
      if (marks.some((mark) => text.includes(mark))) rows.push(text);
    }
  }
  return rows.toSorted();
}
