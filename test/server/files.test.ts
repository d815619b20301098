import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodePack } from '#shared/contract/pack.ts';
import type { MutationResult, Space } from '#shared/model/drive.ts';
import { makeDownloadLog } from '../../server/content/download-log.ts';
import { clamdScanner } from '../../server/content/inspection/clamd.ts';
import { policyReader } from '../../server/store/policies.ts';
import { startClamd, testVirus, type RunningScanner } from '../support/clamd.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let scanner: RunningScanner;
let running: TestServer;
let admin: RawClient;
let sato: RawClient;
let space: Space;
beforeAll(async () => {
  scanner = await startClamd();
  running = await startTestServer({ scanner: clamdScanner({ host: '127.0.0.1', port: scanner.port }) });
  admin = new RawClient(running.url);
  sato = new RawClient(running.url);
  expect((await admin.login('admin')).status).toBe(200);
  expect((await sato.login('sato')).status).toBe(200);
  const { spaces } = (await sato.call('drive.spaces')).body.value as { spaces: Space[] };
  space = spaces.find(({ kind }) => kind === 'my')!;
});
afterAll(async () => {
  await running.close();
  await scanner.stop();
});

const program = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(300, 7)]);
const text = Buffer.from('見積書 第三版');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const setRules = async (patch: object): Promise<void> => {
  const reply = await admin.call('policy.set', { patch });
  expect(reply.body).toMatchObject({ ok: true });
};

/** Sends bytes as one chunk; returns what a mutation says of them. */
async function uploaded(bytes: Uint8Array): Promise<object> {
  const path = '/api/content/pack';
  const token = sato.grant!.accessToken;
  const response = await fetch(`${running.url}${path}`, {
    method: 'PUT',
    headers: { dpop: sato.proof('PUT', path, token), authorization: `DPoP ${token}`, 'x-hikyaku-version': sato.version },
    body: encodePack([{ hash: sha256(bytes), bytes }]) as BodyInit,
  });
  expect(response.status).toBe(200);
  return { contentHash: sha256(bytes), sizeBytes: bytes.length, chunks: null };
}

async function mutate(mutation: object): Promise<MutationResult> {
  const reply = await sato.call('drive.mutate', { spaceId: space.id, mutations: [{ key: randomUUID(), ...mutation }] });
  expect(reply.body).toMatchObject({ ok: true });
  return (reply.body.value as { results: MutationResult[] }).results[0]!;
}
const create = async (name: string, bytes: Uint8Array) =>
  mutate({
    kind: 'create_file',
    id: randomUUID(),
    parentId: space.rootId,
    name,
    content: { ...(await uploaded(bytes)), modifiedAt: 1, executable: false },
  });
const send = async (name: string, bytes: Uint8Array): Promise<RawReply> => {
  const room = (await sato.call('room.create', { id: randomUUID(), kind: 'group', name: 'x', memberIds: ['member-tanaka'] })).body
    .value as {
    room: { id: string };
  };
  return sato.call('message.send', { id: randomUUID(), roomId: room.room.id, text: '', files: [{ name, ...(await uploaded(bytes)) }] });
};
const reasonOf = ({ body }: RawReply): unknown => body.error?.details?.reason ?? body.ok;

test('a program that calls itself a document is known by its bytes, in Drive and in Talk, also by bytes that are already there', async () => {
  const before = await create('library.dll', program);
  expect(before).toMatchObject({ kind: 'applied' });
  await setRules({ blockedExtensions: { drive: ['exe'], talk: ['exe'] } });
  expect(await create('見積書.pdf', program)).toMatchObject({ kind: 'refused', reason: 'file_type_blocked', detail: 'exe' });
  expect(await create('setup.exe', program)).toMatchObject({ kind: 'refused', reason: 'extension_blocked', detail: 'exe' });
  expect(reasonOf(await send('見積書.pdf', program))).toBe('file_type_blocked');
  expect(await create('見積書.txt', text)).toMatchObject({ kind: 'applied' });
  expect(reasonOf(await send('見積書.txt', text))).toBe(true);

  // Under another name the same bytes are judged anew, and so are new bytes under an old name.
  const id = before.kind === 'applied' ? before.node.id : '';
  expect(await mutate({ kind: 'move', nodeId: id, parentId: space.rootId, name: 'library.txt' })).toMatchObject({
    kind: 'refused',
    reason: 'file_type_blocked',
  });
  const harmless = await create('notes.txt', Buffer.from('notes'));
  const nodeId = harmless.kind === 'applied' ? harmless.node.id : '';
  const content = { ...(await uploaded(program)), modifiedAt: 1, executable: false };
  expect(await mutate({ kind: 'update_content', nodeId, baseVersion: 1, content })).toMatchObject({
    kind: 'refused',
    reason: 'file_type_blocked',
  });

  await setRules({ files: { inspectContent: false } });
  expect(await create('見積書2.pdf', program)).toMatchObject({ kind: 'applied' });
  await setRules({ files: { inspectContent: true }, blockedExtensions: { drive: [], talk: [] } });
});

test('a virus never becomes a version or an attachment, and the log says who tried', async () => {
  expect(await create('notes.txt.bak', testVirus)).toMatchObject({
    kind: 'refused',
    reason: 'virus_found',
    detail: 'Hikyaku.Test.UNOFFICIAL',
  });
  expect(reasonOf(await send('photo.jpg', testVirus))).toBe('virus_found');
  const { entries } = (await admin.call('audit.search', { action: 'file.virus_found' })).body.value as { entries: object[] };
  expect(entries[0]).toMatchObject({
    actorId: 'member-sato',
    result: 'denied',
    details: { virus: 'Hikyaku.Test.UNOFFICIAL', service: 'talk' },
  });
});

test('while no scanner answers, new files wait or pass as the rule says, and known clean ones go on', async () => {
  const seen = Buffer.from('scanned before');
  expect(await create('clean.txt', seen)).toMatchObject({ kind: 'applied' });
  await scanner.stop();
  expect(await create('clean again.txt', seen)).toMatchObject({ kind: 'applied' });
  expect(await create('new.txt', Buffer.from('never scanned'))).toMatchObject({ kind: 'refused', reason: 'scanner_unavailable' });
  expect(reasonOf(await send('new.txt', Buffer.from('never scanned')))).toBe('scanner_unavailable');
  await setRules({ files: { scannerDown: 'allow' } });
  expect(await create('new.txt', Buffer.from('never scanned'))).toMatchObject({ kind: 'applied' });
});

test('downloads are recorded only while the rule says so, once each, and chunks only for those who say what they are of', async () => {
  await setRules({ files: { scannerDown: 'allow' } });
  const bytes = Buffer.from('a contract that somebody reads');
  const made = await create('契約書.txt', bytes);
  const nodeId = made.kind === 'applied' ? made.node.id : '';
  const fetched = async (): Promise<number> => {
    const path = `/api/files/${nodeId}/content`;
    const token = sato.grant!.accessToken;
    const headers = { dpop: sato.proof('GET', path, token), authorization: `DPoP ${token}`, 'x-hikyaku-version': sato.version };
    return (await fetch(`${running.url}${path}`, { headers })).status;
  };
  const chunks = async (items?: string[]): Promise<number> => {
    const path = '/api/content/read';
    const token = sato.grant!.accessToken;
    const headers = { dpop: sato.proof('POST', path, token), authorization: `DPoP ${token}`, 'x-hikyaku-version': sato.version };
    const body = JSON.stringify({ hashes: [sha256(bytes)], ...(items === undefined ? {} : { items }) });
    return (await fetch(`${running.url}${path}`, { method: 'POST', headers, body })).status;
  };
  const logged = async (): Promise<object[]> =>
    ((await admin.call('download.search', { text: '契約' })).body.value as { entries: object[] }).entries;

  expect([await fetched(), await chunks(), await logged()]).toEqual([200, 200, []]);
  await setRules({ files: { downloadLog: true } });
  expect(await chunks()).toBe(400);
  expect(await chunks(['00000000-0000-4000-8000-000000000000'])).toBe(400);
  expect(await logged()).toEqual([]);
  expect([await fetched(), await fetched(), await chunks([nodeId])]).toEqual([200, 200, 200]);
  const [entry, ...more] = await logged();
  expect(more).toEqual([]);
  expect(entry).toMatchObject({ memberId: 'member-sato', service: 'drive', name: '契約書.txt', sizeBytes: bytes.length, client: 'pc-app' });
  expect((await sato.call('download.search', {})).status).toBe(403);
});

test('lines of the download log go after as many days as the rule says', async () => {
  const { database, clock } = running.services;
  const day = 86_400_000;
  const line = (id: string, days: number) => ({
    tenant_id: running.tenantId,
    id,
    at: clock.now() - days * day,
    member_id: 'member-sato',
    service: 'drive',
    name: id,
    size_bytes: 1,
    item_id: id,
    client: 'browser',
    address: '127.0.0.1',
  });
  await database
    .insertInto('download_log')
    .values([line('old', 40), line('newer', 20)])
    .execute();
  const log = makeDownloadLog(running.services);
  const policies = policyReader(database, clock, async () => {});
  await log.sweep(policies);
  const names = async () =>
    (await database.selectFrom('download_log').select('name').where('item_id', 'in', ['old', 'newer']).execute()).map(({ name }) => name);
  expect(await names()).toEqual(['newer']);
  await setRules({ files: { downloadLogDays: 10 } });
  policies.forget(running.tenantId);
  await log.sweep(policies);
  expect(await names()).toEqual([]);
});

test('what links Talk and Drive obeys the lists of both: a file is saved to Drive and attached from Drive without a byte sent', async () => {
  await setRules({ blockedExtensions: { drive: [], talk: [] }, files: { downloadLog: false } });
  const bytes = Buffer.from('a drawing that goes round');
  const made = await sato.call('room.create', { id: randomUUID(), kind: 'group', name: '図面', memberIds: ['member-tanaka'] });
  const { room } = made.body.value as { room: { id: string } };
  const content = await uploaded(bytes);
  const sent = await sato.call('message.send', { id: randomUUID(), roomId: room.id, text: '', files: [{ name: '部品.dwg', ...content }] });
  const { message } = sent.body.value as { message: { id: string; files: { id: string }[] } };
  const save = () =>
    sato.call('drive.saveFromMessage', { spaceId: space.id, parentId: space.rootId, messageId: message.id, fileId: message.files[0]!.id });
  const names = async () => [(await save()).body.value, (await save()).body.value] as { result: { node: { name: string } } }[];
  expect((await names()).map(({ result }) => result.node.name)).toEqual(['部品.dwg', '部品 (2).dwg']);

  // Drive itself has no rule: only what comes from Talk is stopped there (FIL-03).
  await setRules({ blockedExtensions: { talk: ['dwg'] } });
  expect(await create('別の部品.dwg', bytes)).toMatchObject({ kind: 'applied' });
  const attach = (through?: 'drive') =>
    sato.call('message.send', {
      id: randomUUID(),
      roomId: room.id,
      text: '',
      files: [{ name: '資料.iso', ...content, ...(through === undefined ? {} : { through }) }],
    });
  expect(reasonOf(await save())).toBe('extension_blocked');
  await setRules({ blockedExtensions: { talk: [], drive: ['iso'] } });
  expect(reasonOf(await attach())).toBe(true);
  const refused = await attach('drive');
  expect(refused.body.error?.details).toMatchObject({ reason: 'extension_blocked', rule: 'FIL-03', subject: 'iso' });
});
