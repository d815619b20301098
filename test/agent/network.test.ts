import http from 'node:http';
import https from 'node:https';
import { connect, type AddressInfo, type Server } from 'node:net';
import { readFile } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { eventProtocol } from '#shared/contract/events.ts';
import { nodeHttp, textOf, type NodeHttp, type NodeHttpOptions } from '../../electron/agent/transport/http.ts';
import type { Pace } from '../../electron/agent/transport/line.ts';
import { systemCertificates } from '../../electron/agent/transport/system-certificates.ts';
import { openSocket } from '../../electron/agent/transport/socket.ts';
import { tempFolder } from './support/agent.ts';
import { testCertificate, testCertificateKey } from './support/test-certificate.ts';

/** A company's network: the server is reached only through a proxy, and its certificate is the company's own. */
let server: https.Server;
let proxy: http.Server;
const asked: { target: string; credentials: string | undefined }[] = [];

const listening = (of: Server): Promise<number> =>
  new Promise((resolve) => of.listen(0, '127.0.0.1', () => resolve((of.address() as AddressInfo).port)));
/** What the proxy must be told, when it asks who it is. */
let wanted: string | null = null;
let serverPort: number;
let proxyPort: number;

beforeAll(async () => {
  server = https.createServer({ cert: testCertificate, key: testCertificateKey }, (request, response) =>
    response.end(`you asked for ${request.url}`),
  );
  const sockets = new WebSocketServer({ server, path: '/api/events' });
  sockets.on('connection', (socket) => socket.send(JSON.stringify({ event: { type: 'ping' } })));
  serverPort = await listening(server);
  proxy = http.createServer((_request, response) => response.writeHead(400).end());
  proxy.on('connect', (request, client) => {
    const credentials = request.headers['proxy-authorization'];
    asked.push({ target: request.url ?? '', credentials });
    if (wanted !== null && credentials !== wanted) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="office"\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    if (!(request.url ?? '').startsWith('hikyaku.test:')) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const upstream = connect(serverPort, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client);
      client.pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  proxyPort = await listening(proxy);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  proxy.closeAllConnections();
  proxy.close();
});

const get = (client: NodeHttp, url: string) => client.request({ method: 'GET', url, headers: {} });

it('reaches a server through a proxy that wants a password, trusting the company’s own certificate', async () => {
  const client = nodeHttp({ proxyUrl: `http://sato:p%40ss@127.0.0.1:${proxyPort}`, extraRootCertificates: testCertificate });
  const response = await get(client, 'https://hikyaku.test:8443/api/hello');
  expect(response.status).toBe(200);
  expect(await textOf(response)).toBe('you asked for /api/hello');
  expect(asked.at(-1)).toEqual({ target: 'hikyaku.test:8443', credentials: `Basic ${Buffer.from('sato:p@ss').toString('base64')}` });
  client.close();
});

it('opens the event socket the same way', async () => {
  const client = nodeHttp({ proxyUrl: `http://127.0.0.1:${proxyPort}`, extraRootCertificates: testCertificate });
  await client.prepare(new URL('https://hikyaku.test:8443'));
  const heard = await new Promise<string>((resolve, reject) => {
    const options = { serverUrl: 'https://hikyaku.test:8443', ticket: 't', version: '1.0.0', http: client };
    const close = openSocket(options, {
      open: () => {},
      event: (event) => {
        close();
        resolve(event.type);
      },
      closed: reject,
    });
  });
  expect(heard).toBe('ping');
  expect(eventProtocol).toBe('hikyaku.events.1');
  client.close();
});

it('trusts no certificate that nobody vouches for', async () => {
  const client = nodeHttp({ proxyUrl: `http://127.0.0.1:${proxyPort}` });
  await expect(get(client, 'https://hikyaku.test:8443/')).rejects.toMatchObject({ code: 'unavailable' });
  client.close();
});

it('says that no answer came when the proxy refuses or is not there', async () => {
  const client = nodeHttp({ proxyUrl: `http://127.0.0.1:${proxyPort}`, extraRootCertificates: testCertificate });
  await expect(get(client, 'https://elsewhere.test/')).rejects.toMatchObject({ code: 'unavailable' });
  client.close();
  const lost = nodeHttp({ proxyUrl: 'http://127.0.0.1:9' });
  await expect(get(lost, 'https://hikyaku.test/')).rejects.toMatchObject({ code: 'unavailable' });
  lost.close();
});

const companyOnly = { systemCertificates: () => Promise.resolve([testCertificate]) };
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('a proxy that asks who it is', () => {
  it('is passed with the password of the setting, and named as the reason without it', async () => {
    wanted = basic('sato:秘密 @:/');
    const proxyUrl = `http://sato:${encodeURIComponent('秘密 @:/')}@127.0.0.1:${proxyPort}`;
    const told = nodeHttp({ proxyUrl, ...companyOnly });
    expect((await get(told, 'https://hikyaku.test/x')).status).toBe(200);
    told.close();
    for (const other of [`http://127.0.0.1:${proxyPort}`, `http://sato:wrong@127.0.0.1:${proxyPort}`]) {
      const client = nodeHttp({ proxyUrl: other, ...companyOnly });
      await expect(get(client, 'https://hikyaku.test/x')).rejects.toMatchObject({
        code: 'unavailable',
        details: { reason: 'proxy_password' },
      });
      client.close();
    }
    wanted = null;
  });
});

describe('the way to a server', () => {
  const through = async (options: NodeHttpOptions): Promise<string | undefined> => {
    const client = nodeHttp({ ...companyOnly, ...options });
    const before = asked.length;
    await get(client, 'https://hikyaku.test/x').catch(() => undefined);
    client.close();
    return asked.slice(before)[0]?.target;
  };
  const there = 'hikyaku.test:443';

  it('is the proxy of the setting, else the system’s, else that of the environment', async () => {
    const here = `127.0.0.1:${proxyPort}`;
    const lost = '127.0.0.1:9';
    expect(await through({ environment: { HTTPS_PROXY: `http://${here}` } })).toBe(there);
    expect(await through({ environment: { https_proxy: here, HTTPS_PROXY: `http://${lost}` } })).toBe(there);
    expect(await through({ environment: { ALL_PROXY: here } })).toBe(there);
    expect(await through({ resolveProxy: () => Promise.resolve(`SOCKS5 ${lost}; PROXY ${here}; DIRECT`) })).toBe(there);
    expect(await through({ resolveProxy: () => Promise.resolve('DIRECT'), environment: { HTTPS_PROXY: here } })).toBeUndefined();
    expect(await through({ proxyUrl: `http://${here}`, resolveProxy: () => Promise.resolve(`PROXY ${lost}`) })).toBe(there);
    expect(await through({ environment: {} })).toBeUndefined();
  });

  it('leaves out what NO_PROXY names', async () => {
    const proxy = { HTTPS_PROXY: `127.0.0.1:${proxyPort}` };
    for (const list of ['hikyaku.test', '.test', '*.test', 'example.com, hikyaku.test:443', '*', 'TEST']) {
      expect(await through({ environment: { ...proxy, NO_PROXY: list } }), list).toBeUndefined();
    }
    for (const list of ['', 'kyaku.test', 'hikyaku.test:8443', 'a.hikyaku.test']) {
      expect(await through({ environment: { ...proxy, no_proxy: list } }), list).toBe(there);
    }
  });

  it('is asked of the system once for each server, and again after it could not tell', async () => {
    let questions = 0;
    const client = nodeHttp({
      ...companyOnly,
      resolveProxy: () => {
        questions += 1;
        return questions === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve(`PROXY 127.0.0.1:${proxyPort}`);
      },
    });
    await expect(get(client, 'https://hikyaku.test/x')).rejects.toMatchObject({ code: 'unavailable' });
    for (let round = 0; round < 3; round += 1) expect((await get(client, 'https://hikyaku.test/x')).status).toBe(200);
    expect(questions).toBe(2);
    client.close();
  });
});

describe('certificates of the system', () => {
  const linux = { platform: 'linux' as const, environment: {}, native: undefined, run: () => Promise.reject(new Error('none')) };

  it('are trusted beside those that everybody knows', async () => {
    const file = path.join(tempFolder('certificates'), 'roots.pem');
    writeFileSync(file, `# the company\n${testCertificate}\n\n${testCertificate}`);
    const read = (place: string) => readFile(place, 'utf8');
    const found = await systemCertificates({ ...linux, environment: { SSL_CERT_FILE: file }, read });
    expect(found).toHaveLength(2);
    const client = nodeHttp({ proxyUrl: `http://127.0.0.1:${proxyPort}`, systemCertificates: () => Promise.resolve(found) });
    expect((await get(client, 'https://hikyaku.test/x')).status).toBe(200);
    client.close();
  });

  it('come from where each system keeps them, and are none where it does not tell', async () => {
    const asked: string[] = [];
    const run = (command: string) => {
      asked.push(command);
      return Promise.resolve(`noise\n${testCertificate}\n`);
    };
    const read = (place: string) => (place === '/etc/ssl/cert.pem' ? Promise.resolve(testCertificate) : Promise.reject(new Error('none')));
    expect(await systemCertificates({ ...linux, run, read })).toHaveLength(1);
    expect(await systemCertificates({ ...linux, platform: 'win32', run, read })).toHaveLength(1);
    expect(await systemCertificates({ ...linux, platform: 'darwin', run, read })).toHaveLength(1);
    expect(asked.map((command) => path.basename(command))).toEqual(['powershell.exe', 'security']);
    expect(await systemCertificates({ ...linux, platform: 'win32', read })).toEqual([]);
    expect(await systemCertificates({ ...linux, read, native: () => [testCertificate, testCertificate] })).toHaveLength(2);
  });
});

describe('contents that are held back', () => {
  it('go as slowly as it is said, there and back, and all else at once', async () => {
    const seen = { up: 0, down: 0 };
    const pace: Pace = {
      isLimited: true,
      up: (bytes) => {
        seen.up += bytes;
        return Promise.resolve();
      },
      down: (bytes) => {
        seen.down += bytes;
        return Promise.resolve();
      },
    };
    const client = nodeHttp({ proxyUrl: `http://127.0.0.1:${proxyPort}`, ...companyOnly });
    const body = new Uint8Array(100_000).fill(7);
    const url = 'https://hikyaku.test/held';
    const response = await client.request({ method: 'PUT', url, headers: {}, body, pace });
    const text = await textOf(response);
    expect(seen).toEqual({ up: body.length, down: text.length });
    await textOf(await client.request({ method: 'PUT', url, headers: {}, body }));
    expect(seen.up).toBe(body.length);
    client.close();
  });
});
