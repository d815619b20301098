import http from 'node:http';
import https from 'node:https';
import { connect, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { eventProtocol } from '#shared/contract/events.ts';
import { nodeHttp, textOf, type NodeHttp } from '../../electron/agent/transport/http.ts';
import { openSocket } from '../../electron/agent/transport/socket.ts';
import { testCertificate, testCertificateKey } from './support/test-certificate.ts';

/** A company's network: the server is reached only through a proxy, and its certificate is the company's own. */
let server: https.Server;
let proxy: http.Server;
const asked: { target: string; credentials: string | undefined }[] = [];

const listening = (of: Server): Promise<number> =>
  new Promise((resolve) => of.listen(0, '127.0.0.1', () => resolve((of.address() as AddressInfo).port)));
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
    asked.push({ target: request.url ?? '', credentials: request.headers['proxy-authorization'] });
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
