import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { RawClient } from '../support/raw-client.ts';
import { startServer, type ServerProcess } from '../support/server.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let running: TestServer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-pages-'));
  const pages = path.join(folder, 'renderer');
  await mkdir(path.join(pages, 'assets'), { recursive: true });
  await mkdir(`${pages}-secret`);
  await writeFile(path.join(pages, 'index.html'), '<!doctype html><title>Hikyaku</title>');
  await writeFile(path.join(pages, 'assets', 'main.js'), 'export {};');
  await writeFile(path.join(pages, 'notes.private'), 'not for the web');
  await writeFile(`${pages}-secret/key.json`, '{"secret":true}');
  running = await startTestServer({ pages });
});
afterAll(async () => {
  await running.close();
  await rm(folder, { recursive: true, force: true });
});

const post = (name: string, body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${running.url}/api/${name}`, { method: 'POST', body: body as string, headers });
const Failure = z.object({ ok: z.literal(false), error: z.object({ code: z.string(), message: z.string() }) });
const codeOf = async (response: Response): Promise<[number, string]> => [response.status, Failure.parse(await response.json()).error.code];

/** Sends bytes as they are and returns everything that comes back until the server closes or has answered. */
async function raw(port: number, text: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(text);
  let answer = '';
  socket.on('data', (piece: Buffer) => {
    answer += piece.toString('latin1');
    if (answer.includes('\r\n\r\n')) socket.end();
  });
  socket.on('error', () => undefined);
  const timer = setTimeout(() => socket.destroy(), 10_000);
  await once(socket, 'close');
  clearTimeout(timer);
  return answer;
}

test('malformed JSON, input of the wrong shape and text that is no UTF-8 are invalid', async () => {
  expect(await codeOf(await post('session.login', '{"member": '))).toEqual([400, 'invalid']);
  expect(await codeOf(await post('session.login', '[]'))).toEqual([400, 'invalid']);
  expect(await codeOf(await post('session.login', '{"member":5}'))).toEqual([400, 'invalid']);
  expect(await codeOf(await post('session.login', Uint8Array.of(0x22, 0xff, 0xfe, 0x22)))).toEqual([400, 'invalid']);
  expect(await codeOf(await post('session.login', `{"__proto__":{"member":"sato"}}`))).toEqual([400, 'invalid']);
});

test('operations and paths that do not exist are not found, whatever they are called', async () => {
  for (const name of ['nothing', '__proto__', 'constructor', 'toString', 'session.login%00', 'policy.set.']) {
    expect(await codeOf(await post(name, '{}')), name).toEqual([404, 'not_found']);
  }
  expect(await codeOf(await fetch(`${running.url}/api/session.current`))).toEqual([404, 'not_found']);
  expect(await codeOf(await fetch(`${running.url}/api/files`))).toEqual([404, 'not_found']);
});

test('everything but the public operations asks who is there first', async () => {
  for (const name of ['session.current', 'talk.changes', 'drive.mutate', 'policy.set', 'audit.search']) {
    expect(await codeOf(await post(name, '{}')), name).toEqual([401, 'unauthenticated']);
  }
  for (const place of ['files/x/content', 'messages/x/files/y']) {
    expect(await codeOf(await fetch(`${running.url}/api/${place}`)), place).toEqual([401, 'unauthenticated']);
  }
  expect(await codeOf(await fetch(`${running.url}/api/content/pack`, { method: 'PUT', body: 'x' }))).toEqual([401, 'unauthenticated']);
});

test('only administrators reach the rules and the audit log', async () => {
  const sato = new RawClient(running.url);
  await sato.login('sato');
  for (const name of ['policy.get', 'policy.set', 'audit.search']) {
    const { status, body } = await sato.call(name, { patch: {} });
    expect([status, body.error?.details?.reason], name).toEqual([403, 'role_missing']);
  }
  const admin = new RawClient(running.url);
  await admin.login('admin');
  const set = await admin.call('policy.set', { patch: { blockedExtensions: { talk: ['.EXE', 'exe', 'ｅｘｅ'] } }, revision: 0 });
  expect(set.body).toMatchObject({ ok: true, value: { revision: 1, policy: { blockedExtensions: { talk: ['exe'], drive: [] } } } });
  expect((await admin.call('policy.set', { patch: {}, revision: 0 })).status).toBe(409);
  expect((await admin.call('policy.set', { patch: { unknownRule: true } })).status).toBe(400);
  expect((await sato.call('policy.mine')).body).toMatchObject({ value: { revision: 1, policy: { blockedExtensions: { talk: ['exe'] } } } });
  const found = await admin.call('audit.search', { action: 'policy.set', limit: 1 });
  expect(found.body.value).toMatchObject({
    entries: [{ action: 'policy.set', actorId: 'member-admin', result: 'success', client: 'pc-app', details: { revision: 1 } }],
  });
  const denied = await admin.call('audit.search', { action: 'access.denied', limit: 1 });
  expect(denied.body.value).toMatchObject({ entries: [{ actorId: 'member-sato', result: 'denied', details: { reason: 'role_missing' } }] });
});

test('an announced length that is too large is refused before a byte is read', async () => {
  const { port } = running.server;
  const head = `POST /api/session.login HTTP/1.1\r\nhost: x\r\ncontent-length: 104857600\r\n\r\n`;
  expect(await raw(port, head)).toMatch(/^HTTP\/1\.1 413 /);
});

test('lengths that are none, contradict themselves or hide a second request are refused', async () => {
  const { port } = running.server;
  const line = 'POST /api/server.info HTTP/1.1\r\nhost: x\r\n';
  expect(await raw(port, `${line}content-length: -1\r\n\r\n{}`)).toMatch(/^HTTP\/1\.1 400 /);
  expect(await raw(port, `${line}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`)).toMatch(/^HTTP\/1\.1 400 /);
  expect(await raw(port, `${line}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`)).toMatch(/^HTTP\/1\.1 400 /);
  expect(await raw(port, `${line}content-length: 2\r\n\r\n{}GARBAGE`)).toMatch(/^HTTP\/1\.1 (200|400) /);
  expect(await codeOf(await post('nothing', '{}'))).toEqual([404, 'not_found']);
});

test('a body that breaks off harms nobody else', async () => {
  const socket = net.connect(running.server.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST /api/session.login HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"member"');
  await new Promise((resolve) => void setTimeout(resolve, 100));
  socket.destroy();
  expect((await post('server.info', '{}')).status).toBe(200);
  expect(running.logged.filter(({ level }) => level === 'error')).toEqual([]);
});

test('pages come from their folder only, under a strict policy', async () => {
  const page = await fetch(running.url);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await (await fetch(`${running.url}/talk/room-1`)).text()).toContain('<title>Hikyaku</title>');
  // A browser that has the page already takes over the headers of "not modified": another policy would shut its scripts out.
  const kept = await fetch(running.url, { headers: { 'if-none-match': page.headers.get('etag')! } });
  expect(kept.status).toBe(304);
  expect(kept.headers.get('content-security-policy')).toBe(page.headers.get('content-security-policy'));
  const script = await fetch(`${running.url}/assets/main.js`);
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  const again = await fetch(`${running.url}/assets/main.js`, { headers: { 'if-none-match': script.headers.get('etag')! } });
  expect(again.status).toBe(304);
  const { port } = running.server;
  const outside = [
    '/../renderer-secret/key.json',
    '/..%2frenderer-secret/key.json',
    '/%2e%2e/renderer-secret/key.json',
    '/..%5crenderer-secret%5ckey.json',
    '/notes.private',
    '/assets/%00.js',
    '/%',
  ];
  for (const place of outside) {
    const answer = await raw(port, `GET ${place} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(answer, place).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).not.toContain('secret":true');
  }
});

test('answers of the interface are never cached, framed or guessed at', async () => {
  const { headers } = await post('server.info', '{}');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toContain('sandbox');
});

test('the published description names every operation with its schemas', async () => {
  const document = z
    .object({ openapi: z.string(), paths: z.record(z.string(), z.object({ post: z.object({ operationId: z.string() }) })) })
    .parse(await (await fetch(`${running.url}/api/openapi.json`)).json());
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toContain('/api/drive.mutate');
  expect(Object.keys(document.paths)).toContain('/api/policy.set');
});

test('guessing is slowed down per address and account, says for how long, and then also stops the right password', async () => {
  const limited = await startTestServer({ attemptLimits: { windowSeconds: 900, perAddress: 6, perAccount: 100, perPair: 3 } });
  try {
    const client = new RawClient(limited.url);
    for (let attempt = 0; attempt < 3; attempt += 1) expect((await client.login('sato', { password: 'guess' })).status).toBe(401);
    const locked = await client.login('sato');
    expect([locked.status, locked.body.error?.code, locked.body.error?.details?.reason]).toEqual([
      429,
      'rate_limited',
      'too_many_attempts',
    ]);
    expect(locked.body.error?.details?.retryAfterSeconds).toBeGreaterThan(800);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(800);
    expect((await client.login('tanaka')).status).toBe(200);
    for (const name of ['a', 'b', 'c']) await client.login(name, { password: 'guess' });
    expect((await client.login('tanaka')).status).toBe(429);
  } finally {
    await limited.close();
  }
});

const peakKiB = (pid: number): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

test('a body of 100 MB without announced length is cut off, and is never in memory', async () => {
  const server: ServerProcess = await startServer();
  try {
    const before = peakKiB(server.pid);
    const status = await new Promise<number>((resolve, reject) => {
      const request = http.request(`${server.url}/api/session.login`, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
      request.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
        request.destroy();
      });
      request.on('error', reject);
      const piece = Buffer.alloc(262_144, 0x20);
      let left = 400;
      const more = (): void => {
        while (left > 0 && !request.destroyed) {
          left -= 1;
          if (!request.write(piece)) {
            request.once('drain', more);
            return;
          }
        }
        if (!request.destroyed) request.end();
      };
      more();
    });
    expect(status).toBe(413);
    expect(peakKiB(server.pid) - before).toBeLessThan(40_000);
    expect((await fetch(`${server.url}/api/server.info`, { method: 'POST' })).status).toBe(200);
  } finally {
    await server.stop();
    await rm(server.dataDir, { recursive: true, force: true });
  }
});
