import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions } from 'node:tls';

const patience = 20_000;

/** 407: the proxy wants to know who asks, or the password is not right (RFC 9110, 15.5.8). */
const refusal = (status: number | undefined): Error =>
  Object.assign(new Error(`The proxy answered ${status}`), status === 407 ? { reason: 'proxy_password' } : {});

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
    const library = this.#proxy.protocol === 'https:' ? https : http;
    const request = library.request({
      host: this.#proxy.hostname,
      port: this.#proxy.port === '' ? (this.#proxy.protocol === 'https:' ? 443 : 80) : Number(this.#proxy.port),
      agent: false,
      ...(this.options.secureContext === undefined ? {} : { secureContext: this.options.secureContext }),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...(username === '' ? {} : { 'proxy-authorization': `Basic ${credentials}` }) },
    });
    const fail = (error: Error) => done?.(error, undefined as unknown as Duplex);
    request.setTimeout(patience, () => request.destroy(new Error('The proxy does not answer')));
    request.on('error', fail);
    // Whoever answers without a tunnel answers in full.
    request.on('response', (response) => {
      response.resume();
      fail(refusal(response.statusCode));
    });
    request.on('connect', (response, socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        fail(refusal(response.statusCode));
        return;
      }
      done?.(null, connect({ ...(options as ConnectionOptions), socket, servername: options.servername ?? host }));
    });
    request.end();
  }
}
