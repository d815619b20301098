import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import yauzl from 'yauzl';
import { verifyAudit } from '../../server/audit/verify.ts';
import { administration, type Administration } from '../support/administrator.ts';
import type { RawClient } from '../support/raw-client.ts';

let acme: Administration;
beforeAll(async () => {
  acme = await administration();
});
afterAll(() => acme.close());

/** A download with the token of an app. */
async function download(client: RawClient, path: string): Promise<Response> {
  const token = client.grant!.accessToken;
  const proof = client.proof('GET', path.split('?', 1)[0]!, token);
  return fetch(`${acme.url}${path}`, { headers: { authorization: `DPoP ${token}`, dpop: proof, 'x-hikyaku-version': client.version } });
}

/** The files in a workbook, as text. */
async function workbook(response: Response): Promise<Map<string, string>> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const zip = await promisify<Buffer, yauzl.Options, yauzl.ZipFile>(yauzl.fromBuffer)(bytes, { lazyEntries: true });
  const open = promisify(zip.openReadStream.bind(zip)) as (entry: yauzl.Entry) => Promise<AsyncIterable<Buffer>>;
  const files = new Map<string, string>();
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject).on('end', resolve);
    zip.on('entry', (entry: yauzl.Entry) => {
      void (async () => {
        const parts: Buffer[] = [];
        for await (const part of await open(entry)) parts.push(part);
        files.set(entry.fileName, Buffer.concat(parts).toString('utf8'));
        zip.readEntry();
      })().catch(reject);
    });
    zip.readEntry();
  });
  return files;
}

/** The cells of the first sheet, row by row; every one of them is text. */
async function cells(response: Response): Promise<string[][]> {
  const files = await workbook(response);
  const sheet = files.get('xl/worksheets/sheet1.xml')!;
  expect(sheet).not.toContain('<f>');
  const decode = (text: string): string =>
    text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&amp;', '&');
  const shared = [...(files.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>.*?<t[^>]*>(.*?)<\/t>.*?<\/si>/gs)].map(([, text]) =>
    decode(text!),
  );
  return [...sheet.matchAll(/<row[^>]*>(.*?)<\/row>/gs)].map(([, row]) => {
    const found: string[] = [];
    for (const [, attributes, content] of row!.matchAll(/<c ([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)) {
      const column = /r="([A-Z]+)\d+"/.exec(attributes!)![1]!.codePointAt(0)! - 65;
      if (content === undefined || content === '') continue;
      expect(attributes).toMatch(/t="(s|inlineStr)"/);
      const value = /<(?:v|t)[^>]*>(.*?)<\/(?:v|t)>/s.exec(content)![1]!;
      found[column] = attributes!.includes('t="s"') ? shared[Number(value)]! : decode(value);
    }
    return Array.from(found, (text) => text ?? '');
  });
}

test('the list of those whose apps are blocked has exactly the eight columns, in the asker’s language', async () => {
  const { post } = await acme.ask<{ post: { id: string } }>('post.create', { kind: 'level', name: '一級' });
  const blocked = await acme.hire({
    name: '=cmd|calc',
    email: 'b@example.com',
    levelId: post.id,
    organisation: '@営業部',
    title: '+課長',
    profile: { phone: '03-1111-2222', mobile: '090-3333-4444', workplace: '東京' },
  });
  await acme.hire();
  await acme.ask('member.setAppBlock', { member: blocked.id, blocked: true });
  const response = await download(acme.admin, '/api/exports/blocked-members.xlsx');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="blocked-members.xlsx"');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await cells(response)).toEqual([
    ['名前', 'メール', '職級', '電話番号', '携帯番号', '勤務先', '組織', '役職'],
    ['=cmd|calc', 'b@example.com', '一級', '03-1111-2222', '090-3333-4444', '東京', '@営業部', '+課長'],
  ]);
  const english = await cells(await download(acme.admin, '/api/exports/blocked-members.xlsx?language=en'));
  expect(english[0]).toEqual(['Name', 'E-mail', 'Level', 'Phone', 'Mobile', 'Workplace', 'Organization', 'Position']);
  expect(await acme.lastAudit('member.export_blocked')).toMatchObject({
    actorId: 'member-admin',
    target: 'blocked-members.xlsx',
    details: { members: 1 },
  });
});

test('everybody whom a filter keeps can be downloaded, with their state', async () => {
  const rows = await cells(await download(acme.admin, '/api/exports/members.xlsx?language=en&states=active&text=sato'));
  expect(rows).toHaveLength(2);
  expect(rows[0]!.slice(0, 3)).toEqual(['ID', 'Name', 'Reading']);
  expect(rows[1]!.slice(0, 3)).toEqual(['sato', 'sato', 'sato']);
  expect(rows[1]).toContain('In use');
  expect((await download(acme.admin, '/api/exports/members.xlsx?states=flying')).status).toBe(400);
  expect((await download(acme.admin, '/api/exports/members.xlsx?language=fr')).status).toBe(400);
});

test('the audit log is a file of text that no program takes for formulas, filtered like the search', async () => {
  await acme.ask('organisation.create', { name: '=HYPERLINK("x")', parentId: null });
  const response = await download(acme.admin, '/api/exports/audit.csv?action=organisation.create');
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const text = await response.text();
  expect(text.startsWith('\uFEFF') || text.startsWith('sequence')).toBe(true);
  const lines = text.replace('\uFEFF', '').trim().split('\r\n');
  expect(lines[0]).toBe('sequence,at,actor,action,target,result,address,client,details');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^\d+,\d{4}-\d\d-\d\dT[\d:.]+Z,admin,organisation\.create,[^,]+,success,127\.0\.0\.1,pc-app,"\{/);
  await acme.refused('organisation.create', { name: '=HYPERLINK("x")', parentId: null });
  const failures = (await (await download(acme.admin, '/api/exports/audit.csv?result=failure')).text()).trim().split('\r\n');
  expect(failures[1]).toContain(`,"'=HYPERLINK(""x"")",failure,`);
  expect((await download(acme.admin, '/api/exports/audit.csv?since=yesterday')).status).toBe(400);
  expect(await acme.lastAudit('audit.export')).toMatchObject({ details: { filter: { result: 'failure' } } });
});

test('downloads need the right, like everything else behind the gate', async () => {
  const sato = await acme.loggedIn('sato');
  for (const file of ['members.xlsx', 'blocked-members.xlsx', 'audit.csv']) {
    const refused = await download(sato, `/api/exports/${file}`);
    expect([file, refused.status]).toEqual([file, 403]);
    expect((await fetch(`${acme.url}/api/exports/${file}`)).status).toBe(401);
  }
  const { role } = await acme.ask<{ role: { id: string } }>('role.create', { name: '監査', rights: ['audit'] });
  await acme.ask('member.setRole', { member: 'sato', role: 'custom', roleId: role.id });
  expect((await download(sato, '/api/exports/audit.csv')).status).toBe(200);
  expect((await download(sato, '/api/exports/members.xlsx')).status).toBe(403);
  expect((await download(acme.admin, '/api/exports/constructor')).status).toBe(404);
});

test('the audit log is searched by who, whom, what, when and words', async () => {
  const person = await acme.hire({ name: '検索 花子' });
  await acme.loggedIn(person.memberId);
  const search = async (filter: object): Promise<{ action: string; target: string | null; at: number; sequence: number }[]> =>
    (await acme.ask<{ entries: { action: string; target: string | null; at: number; sequence: number }[] }>('audit.search', filter))
      .entries;
  expect((await search({ target: person.memberId })).map(({ action }) => action)).toEqual(['session.login', 'member.create']);
  expect((await search({ target: person.id })).map(({ action }) => action)).toEqual(['session.login', 'member.create']);
  expect((await search({ actor: person.id })).map(({ action }) => action)).toEqual(['session.login']);
  expect(await search({ actor: person.id, result: 'denied' })).toEqual([]);
  expect((await search({ text: person.memberId.toUpperCase() })).length).toBeGreaterThanOrEqual(2);
  expect(await search({ text: '%_%' })).toEqual([]);
  const [newest] = await search({ limit: 1 });
  expect(await search({ since: newest!.at + 1 })).toEqual([]);
  expect((await search({ until: newest!.at, limit: 500 })).every(({ at }) => at < newest!.at)).toBe(true);
  expect((await search({ action: 'member.' })).every(({ action }) => action.startsWith('member.'))).toBe(true);
  expect((await search({ before: newest!.sequence, limit: 1 }))[0]!.sequence).toBe(newest!.sequence - 1);
});

test('the chain is verified beside those who write, and the first entry that was changed is named', async () => {
  const verify = () => acme.ask<{ entries: number; head: string | null; firstBad: number | null }>('audit.verify');
  const [before] = await Promise.all([verify(), ...Array.from({ length: 10 }, (_, index) => acme.hire({ name: `同時 ${index}` }))]);
  expect(before.firstBad).toBeNull();
  expect(await verifyAudit(acme.services.database, acme.tenantId)).toBeNull();
  await acme.services.database.updateTable('audit_entries').set({ address: '10.0.0.1' }).where('sequence', '=', 3).execute();
  expect((await verify()).firstBad).toBe(3);
});
