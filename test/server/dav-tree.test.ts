import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { davOffice, myDrive, type DavClient, type DavOffice } from '../support/dav-client.ts';

let office: DavOffice;
let dav: DavClient;
beforeAll(async () => {
  office = await davOffice();
  ({ dav } = office.sato);
});
afterAll(() => office.close());

let folders = 0;
/** A folder of its own for a test. */
async function folder(): Promise<string> {
  folders += 1;
  const path = `${myDrive}/${encodeURIComponent(`箱${folders}`)}`;
  expect(await dav.status('MKCOL', `${path}/`)).toBe(201);
  return path;
}
const hrefs = (xml: string): string[] => [...xml.matchAll(/<D:href>([^<]*)<\/D:href>/g)].map(([, href]) => href!);
const to = (path: string, more: Record<string, string> = {}) => ({ headers: { destination: `${office.url}${path}`, ...more } });

test('the top lists the spaces, which nobody makes, moves or removes there', async () => {
  const top = await dav.send('PROPFIND', '/dav/', { headers: { depth: '1' } });
  expect(hrefs(top.text)).toEqual(['/dav/', `${myDrive}/`, '/dav/sales/']);
  expect(await dav.status('MKCOL', '/dav/new/')).toBe(403);
  expect(await dav.status('PUT', '/dav/new.txt', { body: 'x' })).toBe(403);
  expect(await dav.status('DELETE', `${myDrive}/`)).toBe(403);
  expect(await dav.status('DELETE', '/dav/')).toBe(403);
  expect(await dav.status('MOVE', '/dav/sales/', to('/dav/other/'))).toBe(403);
  const file = `${await folder()}/a.txt`;
  await dav.send('PUT', file, { body: 'x' });
  expect(await dav.status('MOVE', file, to('/dav/sales'))).toBe(403);
  expect(await dav.status('MOVE', file, to('/dav/top.txt'))).toBe(403);
});

test('programs learn what is spoken here: OPTIONS before a login, a redirect for who forgot the slash, 405 for what is not known', async () => {
  const options = await dav.send('OPTIONS', '/dav/', { headers: { authorization: '' } });
  expect(options.headers).toMatchObject({ dav: '1, 2', 'ms-author-via': 'DAV' });
  expect(options.headers.allow).toContain('PROPFIND');
  expect((await dav.send('GET', '/dav')).headers.location).toBe('/dav/');
  expect(await dav.status('PROPFIND', '/dav', { headers: { depth: '0' } })).toBe(207);
  expect((await dav.send('POST', '/dav/')).status).toBe(405);
  expect((await dav.send('GET', '/dav/')).headers['content-security-policy']).toContain('sandbox');
  // An absolute target, as it is sent to proxies.
  expect(await dav.status('PROPFIND', `${office.url}/dav/`, { headers: { depth: '0' } })).toBe(207);
});

test.each([
  ['dots', '/dav/sales/../sales/'],
  ['encoded dots', '/dav/sales/%2e%2e/sales/'],
  ['a dot', '/dav/./sales'],
  ['an encoded slash', '/dav/sales/a%2fb'],
  ['an encoded slash, twice', '/dav/sales/a%2F%2e%2e%2fb'],
  ['NUL', '/dav/sales/a%00.txt'],
  ['an overlong slash', '/dav/sales/a%c0%afb'],
  ['overlong dots', '/dav/sales/%c0%ae%c0%ae/x'],
  ['a lone surrogate', '/dav/sales/%ed%a0%80'],
  ['bytes that are no UTF-8', '/dav/sales/%ff'],
  ['a broken percent sign', '/dav/sales/100%'],
  ['an empty name', '/dav/sales//a'],
  ['empty names at the top', '/dav//sales'],
  ['a fragment', '/dav/sales/a#b'],
])('an address with %s is refused, as a target, as a destination and in a condition', async (_, path) => {
  for (const method of ['GET', 'PUT', 'MKCOL', 'DELETE', 'PROPFIND', 'LOCK']) {
    expect([method, await dav.status(method, path, { headers: { depth: '0' }, ...(method === 'PUT' ? { body: 'x' } : {}) })]).toEqual([
      method,
      400,
    ]);
  }
  await dav.send('PUT', '/dav/sales/source.txt', { body: 'x' });
  for (const how of ['COPY', 'MOVE']) expect(await dav.status(how, '/dav/sales/source.txt', to(path))).toBe(400);
  const headers = { if: `<${office.url}${path}> (Not <DAV:no-lock>)` };
  expect(await dav.status('PUT', '/dav/sales/source.txt', { headers, body: 'y' })).toBe(400);
});

test('a destination elsewhere is refused: another server, outside of the tree, no address at all', async () => {
  await dav.send('PUT', '/dav/sales/source.txt', { body: 'x' });
  const bad = [
    'http://example.com/dav/sales/x',
    `${office.url}/api/x`,
    '//example.com/dav/sales/x',
    'dav/sales/x',
    'file:///dav/sales/x',
    `${office.url}.example.com/dav/sales/x`,
  ];
  for (const destination of bad) {
    expect([destination, await dav.status('MOVE', '/dav/sales/source.txt', { headers: { destination } })]).toEqual([destination, 400]);
  }
  expect(await dav.status('MOVE', '/dav/sales/source.txt')).toBe(400);
  expect(await dav.status('MOVE', '/dav/sales/source.txt', to('/dav/sales/x', { overwrite: 'maybe' }))).toBe(400);
});

test('names come back exactly as they were written, percent signs and all; two spellings of a name are one', async () => {
  const path = await folder();
  const names = [
    '100% 完了?.txt',
    'a+b & c;d=e.txt',
    "it's (1) [x] {y}.txt",
    '<b>&amp;"x".txt',
    '~$lock.docx',
    '._resource',
    '.DS_Store',
    '絵文字😀.txt',
    'a\\b.txt',
  ];
  for (const name of names)
    expect([name, await dav.status('PUT', `${path}/${encodeURIComponent(name)}`, { body: name })]).toEqual([name, 201]);
  const listed = await dav.send('PROPFIND', `${path}/`, { headers: { depth: '1' } });
  const found = hrefs(listed.text)
    .slice(1)
    .map((href) => decodeURIComponent(href.split('/').at(-1)!));
  expect(found.toSorted()).toEqual(names.toSorted());
  for (const href of hrefs(listed.text).slice(1)) expect(await dav.status('GET', href)).toBe(200);
  const decomposed = encodeURIComponent('がぎ.txt'.normalize('NFD'));
  expect(await dav.status('PUT', `${path}/${decomposed}`, { body: 'x' })).toBe(201);
  expect(await dav.status('GET', `${path}/${encodeURIComponent('がぎ.txt')}`)).toBe(200);
  // What is not ASCII has to be encoded.
  expect(await dav.status('GET', `${path}/${Buffer.from('がぎ.txt').toString('latin1')}`)).toBe(400);
  expect(await dav.status('PUT', `${path}/${encodeURIComponent('x'.repeat(201))}`, { body: 'x' })).toBe(400);
});

test('a file of any size arrives as it was sent and comes back whole or in part; what is interrupted leaves nothing', async () => {
  const path = await folder();
  const large = randomBytes(11 * 1024 * 1024 + 77);
  const sums = { 'oc-checksum': `SHA1:${createHash('sha1').update(large).digest('hex')}`, 'x-oc-mtime': '1700000000' };
  const put = await dav.send('PUT', `${path}/large.bin`, { body: large, headers: { ...sums, 'transfer-encoding': 'chunked' } });
  expect([put.status, put.headers['x-oc-mtime']]).toEqual([201, 'accepted']);
  const got = await dav.send('GET', `${path}/large.bin`);
  expect(got.bytes.equals(large)).toBe(true);
  expect(got.headers).toMatchObject({ etag: put.headers.etag, 'last-modified': 'Tue, 14 Nov 2023 22:13:20 GMT', 'accept-ranges': 'bytes' });
  const part = await dav.send('GET', `${path}/large.bin`, { headers: { range: 'bytes=5000000-5000009' } });
  expect([part.status, part.headers['content-range'], part.bytes.equals(large.subarray(5_000_000, 5_000_010))]).toEqual([
    206,
    `bytes 5000000-5000009/${large.length}`,
    true,
  ]);
  expect(await dav.status('GET', `${path}/large.bin`, { headers: { range: `bytes=${large.length}-` } })).toBe(416);
  expect(await dav.status('GET', `${path}/large.bin`, { headers: { 'if-none-match': got.headers.etag! } })).toBe(304);
  const head = await dav.send('HEAD', `${path}/large.bin`);
  expect([head.status, head.headers['content-length'], head.bytes.length]).toEqual([200, String(large.length), 0]);

  expect(await dav.status('PUT', `${path}/bad.bin`, { body: 'x', headers: { 'oc-checksum': 'SHA1:00' } })).toBe(400);
  expect(await dav.status('PUT', `${path}/bad.bin`, { body: 'x', headers: { 'content-range': 'bytes 0-0/10' } })).toBe(400);
  const { hostname, port } = new URL(office.url);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `PUT ${path}/bad.bin HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: ${dav.authorization}\r\nContent-Length: 1000\r\n\r\nhalf`,
        () => socket.end(),
      );
    });
    socket.on('error', () => resolve()).on('close', () => resolve());
    socket.resume();
  });
  expect(await dav.status('GET', `${path}/bad.bin`)).toBe(404);
});

test('a program that asks first hears a refusal before it sent a byte', async () => {
  const { hostname, port } = new URL(office.url);
  const ask = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          `PUT ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: ${dav.authorization}\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n`,
        );
      });
      let heard = '';
      socket.on('data', (data) => {
        const isFirst = heard === '';
        heard += data.toString();
        if (isFirst && heard.includes('100 Continue')) socket.write('hello');
        if (/HTTP\/1\.1 [2-5]/.test(heard)) socket.end();
      });
      socket.on('close', () => resolve(heard)).on('error', reject);
    });
  const path = await folder();
  expect(await ask(`${path}/missing/a.txt`)).toMatch(/^HTTP\/1\.1 409/);
  expect(await ask(`${path}/a.txt`)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201/);
});

test('writing over a file keeps what was there as a version; conditions on its tag are kept to', async () => {
  const path = `${await folder()}/a.txt`;
  const first = await dav.send('PUT', path, { body: 'one', headers: { 'if-none-match': '*' } });
  expect(first.status).toBe(201);
  expect(await dav.status('PUT', path, { body: 'two', headers: { 'if-none-match': '*' } })).toBe(412);
  expect(await dav.status('PUT', path, { body: 'two', headers: { 'if-match': '"other"' } })).toBe(412);
  expect(await dav.status('PUT', path, { body: 'two', headers: { 'if-match': first.headers.etag! } })).toBe(204);
  expect(await dav.status('DELETE', path, { headers: { 'if-match': first.headers.etag! } })).toBe(412);
  expect((await dav.send('GET', path)).text).toBe('two');
  const { client } = office.sato;
  const { spaces } = (await client.call('drive.spaces')).body.value as { spaces: { id: string; kind: string; rootId: string }[] };
  const my = spaces.find(({ kind }) => kind === 'my')!;
  const all = (await client.call('drive.changes', { spaceId: my.id, cursor: null })).body.value as {
    nodes: { id: string; name: string; version: number }[];
  };
  const node = all.nodes.find(({ name }) => name === 'a.txt')!;
  expect(node.version).toBeGreaterThan(0);
  const { versions } = (await client.call('drive.versions', { nodeId: all.nodes.filter(({ name }) => name === 'a.txt').at(-1)!.id })).body
    .value as { versions: unknown[] };
  expect(versions).toHaveLength(2);
});

test('many who write one file at once all get through, and nothing they wrote is lost', async () => {
  const path = '/dav/sales/contended.txt';
  const writers = [office.sato.dav, office.tanaka.dav];
  const answers = await Promise.all(
    Array.from({ length: 4 }, (_, index) => writers[index % 2]!.status('PUT', path, { body: `text ${index}` })),
  );
  expect(answers.toSorted((a, b) => a - b)).toEqual([201, 204, 204, 204]);
});

test('a hundred small files at once are all there, each with its own bytes', async () => {
  const path = await folder();
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => dav.status('PUT', `${path}/f${index}`, { body: `file ${index % 90}` })),
  );
  expect(new Set(answers)).toEqual(new Set([201]));
  const read = await Promise.all(Array.from({ length: 100 }, async (_, index) => (await dav.send('GET', `${path}/f${index}`)).text));
  expect(read).toEqual(Array.from({ length: 100 }, (_, index) => `file ${index % 90}`));
});

test('moving a file over another makes it that file’s newest version; over a folder it takes the place, and the folder is in the trash', async () => {
  const path = await folder();
  await dav.send('PUT', `${path}/target.txt`, { body: 'old' });
  await dav.send('PUT', `${path}/new.tmp`, { body: 'new' });
  expect(await dav.status('MOVE', `${path}/new.tmp`, to(`${path}/target.txt`, { overwrite: 'F' }))).toBe(412);
  expect(await dav.status('MOVE', `${path}/new.tmp`, to(`${path}/target.txt`))).toBe(204);
  expect((await dav.send('GET', `${path}/target.txt`)).text).toBe('new');
  expect(await dav.status('GET', `${path}/new.tmp`)).toBe(404);
  await dav.send('MKCOL', `${path}/box`);
  await dav.send('PUT', `${path}/box/inside.txt`, { body: 'x' });
  expect(await dav.status('MOVE', `${path}/target.txt`, to(`${path}/box`))).toBe(204);
  expect((await dav.send('GET', `${path}/box`)).text).toBe('new');
  const { client } = office.sato;
  const { spaces } = (await client.call('drive.spaces')).body.value as { spaces: { id: string; kind: string }[] };
  const trash = (await client.call('drive.trash', { spaceId: spaces.find(({ kind }) => kind === 'my')!.id })).body.value as {
    nodes: { node: { name: string } }[];
  };
  expect(trash.nodes.map(({ node }) => node.name)).toContain('box');
  // Another case of the same name is the same thing under a new name.
  expect(await dav.status('MOVE', `${path}/box`, to(`${path}/BOX`))).toBe(204);
  expect(hrefs((await dav.send('PROPFIND', path, { headers: { depth: '1' } })).text)).toContain(`${path}/BOX`);
});

test('copies and moves go from one space to another, with everything below and its properties; into themselves they do not', async () => {
  const path = await folder();
  await dav.send('MKCOL', `${path}/tree`);
  await dav.send('MKCOL', `${path}/tree/in`);
  await dav.send('PUT', `${path}/tree/in/a.txt`, { body: 'deep' });
  const set = '<propertyupdate xmlns="DAV:"><set><prop><colour xmlns="urn:test">藍 &amp; 紅</colour></prop></set></propertyupdate>';
  const ask = '<propfind xmlns="DAV:"><prop><colour xmlns="urn:test"/></prop></propfind>';
  expect(await dav.status('PROPPATCH', `${path}/tree/in/a.txt`, { body: set })).toBe(207);
  expect(await dav.status('COPY', `${path}/tree`, to(`${path}/tree/in/again`))).toBe(403);
  expect(await dav.status('MOVE', `${path}/tree`, to(`${path}/tree/in/again`))).toBe(403);
  expect(await dav.status('COPY', `${path}/tree`, to(path))).toBe(403);
  expect(await dav.status('COPY', `${path}/tree`, to(`${path}/tree`))).toBe(403);
  expect(await dav.status('COPY', `${path}/tree`, to('/dav/sales/copied'))).toBe(201);
  expect(await dav.status('COPY', `${path}/tree`, to('/dav/sales/copied', { overwrite: 'F' }))).toBe(412);
  expect(await dav.status('COPY', `${path}/tree`, to('/dav/sales/copied'))).toBe(204);
  expect(await dav.status('COPY', `${path}/tree`, to('/dav/sales/shallow', { depth: '0' }))).toBe(201);
  expect(await dav.status('GET', '/dav/sales/shallow/in/a.txt')).toBe(404);
  expect(await dav.status('MOVE', `${path}/tree`, to('/dav/sales/moved'))).toBe(201);
  expect(await dav.status('PROPFIND', `${path}/tree`, { headers: { depth: '0' } })).toBe(404);
  for (const place of ['copied', 'moved']) {
    expect((await dav.send('GET', `/dav/sales/${place}/in/a.txt`)).text).toBe('deep');
    const asked = await dav.send('PROPFIND', `/dav/sales/${place}/in/a.txt`, { headers: { depth: '0' }, body: ask });
    expect(asked.text).toContain('<colour xmlns="urn:test">藍 &amp; 紅</colour>');
  }
  expect(await dav.status('DELETE', '/dav/sales/copied', { headers: { depth: '1' } })).toBe(400);
  expect(await dav.status('DELETE', '/dav/sales/copied')).toBe(204);
  expect(await dav.status('MKCOL', '/dav/sales/no/where')).toBe(409);
  expect(await dav.status('MKCOL', '/dav/sales/moved')).toBe(405);
  expect(await dav.status('MKCOL', '/dav/sales/body', { body: 'x' })).toBe(415);
});

test('bodies that are no XML, bring entities or are too large or deep are refused, and the server goes on', async () => {
  const bodies = [
    '<propfind xmlns="DAV:"><prop>',
    'not xml',
    '<a xmlns="DAV:"/>',
    '<propfind xmlns="DAV:"/>',
    '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><propfind xmlns="DAV:"><prop><x>&b;</x></prop></propfind>',
    '<!DOCTYPE x SYSTEM "file:///etc/passwd"><propfind xmlns="DAV:"><allprop/></propfind>',
    '<propfind xmlns="DAV:"><prop><x>&undefined;</x></prop></propfind>',
    '<D:propfind xmlns:D="DAV:"><D:prop><bar:foo xmlns:bar=""/></D:prop></D:propfind>',
    `<propfind xmlns="DAV:"><prop>${'<x>'.repeat(200)}${'</x>'.repeat(200)}</prop></propfind>`,
    `<propfind xmlns="DAV:"><prop>${'<x/>'.repeat(6_000)}</prop></propfind>`,
  ];
  for (const body of bodies)
    expect([body.slice(0, 80), await dav.status('PROPFIND', '/dav/sales/', { headers: { depth: '0' }, body })]).toEqual([
      body.slice(0, 80),
      400,
    ]);
  expect(await dav.status('PROPFIND', '/dav/sales/', { headers: { depth: '0' }, body: `<a>${'x'.repeat(300_000)}</a>` })).toBe(413);
  expect(await dav.status('PROPFIND', '/dav/sales/', { headers: { depth: '2' } })).toBe(400);
  const finite = await dav.send('PROPFIND', '/dav/sales/', { headers: { depth: 'infinity' } });
  expect([finite.status, finite.text.includes('<D:propfind-finite-depth/>')]).toEqual([403, true]);
  expect(await dav.status('PROPFIND', '/dav/sales/')).toBe(403);
});

test('properties that the server makes are not changed, and then nothing else of that request is; there is a limit to the others', async () => {
  const path = `${await folder()}/a.txt`;
  await dav.send('PUT', path, { body: 'x' });
  const update = '<propertyupdate xmlns="DAV:"><set><prop><x xmlns="u">1</x><getetag>2</getetag></prop></set></propertyupdate>';
  const refused = await dav.send('PROPPATCH', path, { body: update });
  expect(refused.text).toMatch(/424 Failed Dependency.*403 Forbidden.*cannot-modify-protected-property/s);
  const names = await dav.send('PROPFIND', path, { headers: { depth: '0' }, body: '<propfind xmlns="DAV:"><propname/></propfind>' });
  expect(names.text).toContain('<D:getetag/>');
  expect(names.text).not.toContain('xmlns="u"');
  const many = `<propertyupdate xmlns="DAV:"><set><prop>${Array.from({ length: 101 }, (_, index) => `<p${index} xmlns="u">1</p${index}>`).join('')}</prop></set></propertyupdate>`;
  expect(await dav.status('PROPPATCH', path, { body: many })).toBe(413);
  const nested =
    '<propertyupdate xmlns="DAV:" xml:lang="ja"><set><prop><n:x xmlns:n="urn:n" n:a="1"><n:y>い</n:y>&lt;z&gt;</n:x></prop></set></propertyupdate>';
  expect(await dav.status('PROPPATCH', path, { body: nested })).toBe(207);
  const all = await dav.send('PROPFIND', path, { headers: { depth: '0' } });
  expect(all.text).toContain('<x xmlns="urn:n" xml:lang="ja" xmlns:a0="urn:n" a0:a="1"><y xmlns="urn:n">い</y>&lt;z&gt;</x>');
  expect(all.text).not.toContain('quota');
});
