import http from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import { AppError } from '#shared/base/errors.ts';
import { ProxyAgent } from './proxy-agent.ts';
import { isLoopback } from './server-url.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  header(name: string): string | null;
  readonly body: AsyncIterable<Uint8Array>;
}

/** One request, one answer. Rejects with `unavailable` where no answer came. Never follows redirects. */
export type Http = (request: HttpRequest) => Promise<HttpResponse>;

export interface NodeHttpOptions {
  /** `http://host:port` of a proxy that understands CONNECT; empty for none. Loopback is never proxied. */
  readonly proxyUrl?: string;
  /** PEM certificates that are trusted besides Node's own. */
  readonly extraRootCertificates?: string;
}

/** The agents that a socket needs to go the same way as requests do. */
export interface NodeHttp {
  readonly request: Http;
  agentFor(url: URL): http.Agent;
  readonly certificates: string[] | undefined;
  close(): void;
}

/** Silence after which a request counts as unanswered, in milliseconds. */
const patience = 30_000;

/** Node's own HTTP with kept connections, an optional proxy and extra root certificates. */
export function nodeHttp(options: NodeHttpOptions = {}): NodeHttp {
  const extra = options.extraRootCertificates ?? '';
  const certificates = extra === '' ? undefined : [...rootCertificates, extra];
  const secure = { keepAlive: true, maxSockets: 16, ...(certificates === undefined ? {} : { ca: certificates }) };
  const plain = new http.Agent({ keepAlive: true, maxSockets: 16 });
  const direct = new https.Agent(secure);
  const proxyUrl = options.proxyUrl ?? '';
  const proxied = proxyUrl === '' ? null : new ProxyAgent(new URL(proxyUrl), secure);
  const agentFor = (url: URL) => {
    if (url.protocol === 'http:') return plain;
    return proxied === null || isLoopback(url.hostname) ? direct : proxied;
  };
  return {
    agentFor,
    certificates,
    request: (request) => send(request, agentFor(new URL(request.url))),
    close: () => {
      plain.destroy();
      direct.destroy();
      proxied?.destroy();
    },
  };
}

function send(request: HttpRequest, agent: http.Agent, again = true): Promise<HttpResponse> {
  const { method, url, headers, body, signal } = request;
  const library = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => reject(new AppError('unavailable', `No answer from ${new URL(url).host}`, { cause }));
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = library.request(url, {
      method,
      agent,
      headers: { ...headers, ...length },
      ...(signal === undefined ? {} : { signal }),
    });
    outgoing.setTimeout(patience, () => outgoing.destroy(new Error('No answer in time')));
    outgoing.on('error', (cause: NodeJS.ErrnoException) => {
      // A kept connection that the server closed just as we used it: nothing was answered, and every request of ours may be repeated.
      if (again && outgoing.reusedSocket && cause.code === 'ECONNRESET') send(request, agent, false).then(resolve, reject);
      else fail(cause);
    });
    outgoing.on('response', (message) => {
      const header = (name: string) => {
        const value = message.headers[name.toLowerCase()];
        return value === undefined ? null : Array.isArray(value) ? (value[0] ?? null) : value;
      };
      resolve({ status: message.statusCode ?? 0, header, body: bytesOf(message) });
    });
    outgoing.end(body);
  });
}

async function* bytesOf(message: http.IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of message) yield piece as Uint8Array;
  } catch (cause) {
    throw new AppError('unavailable', 'The answer broke off', { cause });
  }
}

/** A whole answer as text; for JSON replies, which are small. */
export async function textOf(response: HttpResponse): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of response.body) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
