import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions } from 'node:tls';

/** Reaches https servers through a proxy's CONNECT (RFC 9110, 9.3.6). Plain http is spoken only on loopback, which needs no proxy. */
export class ProxyAgent extends https.Agent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: https.AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: https.RequestOptions, done?: (error: Error | null, stream: Duplex) => void): undefined {
    const host = options.host ?? '';
    const target = `${host.includes(':') ? `[${host}]` : host}:${options.port ?? 443}`;
    const { username, password } = this.#proxy;
    const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
    const request = http.request({
      host: this.#proxy.hostname,
      port: this.#proxy.port === '' ? 80 : Number(this.#proxy.port),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...(username === '' ? {} : { 'proxy-authorization': `Basic ${credentials}` }) },
    });
    const fail = (error: Error) => done?.(error, undefined as unknown as Duplex);
    request.on('error', fail);
    request.on('connect', (response, socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        fail(new Error(`The proxy answered ${response.statusCode}`));
        return;
      }
      done?.(null, connect({ ...(options as ConnectionOptions), socket, servername: options.servername ?? host }));
    });
    request.end();
  }
}
