import http from 'node:http';
import https from 'node:https';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { AppError } from '#shared/base/errors.ts';
import type { Pace } from './line.ts';
import { ProxyAgent } from './proxy-agent.ts';
import { proxyOfAnswer, proxyOfEnvironment } from './proxy-choice.ts';
import { isLoopback } from './server-url.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Holds the bytes of contents back, on the way there and back; absent for all else. */
  readonly pace?: Pace;
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
  /** `http://[user:password@]host:port` (or https) of a proxy that understands CONNECT; empty for what else is known. Loopback is never proxied. */
  readonly proxyUrl?: string;
  /** How the system says which proxy leads to an address, in the words of PAC; without it the environment's variables count. */
  readonly resolveProxy?: (url: string) => Promise<string>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** PEM certificates that are trusted besides Node's own and the system's. */
  readonly extraRootCertificates?: string;
  readonly systemCertificates?: () => Promise<readonly string[]>;
  /** What holds contents back; without it nothing does. */
  readonly pace?: Pace;
}

/** HTTP that knows its way, and what a socket needs to go the same way. */
export interface NodeHttp {
  readonly request: Http;
  /** Finds out how a server is reached: to be awaited before `agentFor`. */
  prepare(url: URL): Promise<void>;
  agentFor(url: URL): http.Agent;
  readonly pace?: Pace;
  close(): void;
}

/** Silence after which a request counts as unanswered, in milliseconds. */
const patience = 30_000;
/** Bodies go in pieces of these sizes: small ones while there is a limit to keep, so that it is kept all the time. */
const limitedPieceBytes = 8 * 1024;
const pieceBytes = 1024 * 1024;

/** Node's own HTTP with kept connections, proxies (set, the system's, the environment's) and the certificates of the system and of the company. */
export function nodeHttp(options: NodeHttpOptions = {}): NodeHttp {
  const { proxyUrl = '', resolveProxy, environment = process.env, extraRootCertificates: extra = '', pace } = options;
  const kept = { keepAlive: true, maxSockets: 16 };
  const plain = new http.Agent(kept);
  const agents = new Map<string, https.Agent>();
  const ways = new Map<string, Promise<void>>();
  const proxies = new Map<string, string>();
  let secureContext: SecureContext | undefined;
  let trusting: Promise<void> | null = null;

  const trust = async (): Promise<void> => {
    const system = (await options.systemCertificates?.()) ?? [];
    if (system.length > 0 || extra !== '')
      secureContext = createSecureContext({ ca: [...rootCertificates, ...system, extra].filter((pem) => pem !== '') });
  };
  const findWay = async (url: URL): Promise<void> => {
    trusting ??= trust();
    await trusting;
    proxies.set(url.origin, await proxyFor(url));
  };
  const proxyFor = async (url: URL): Promise<string> => {
    if (isLoopback(url.hostname) || proxyUrl !== '') return isLoopback(url.hostname) ? '' : proxyUrl;
    const answer = resolveProxy === undefined ? proxyOfEnvironment(url, environment) : proxyOfAnswer(await resolveProxy(url.origin));
    return answer ?? '';
  };
  const prepare = (url: URL): Promise<void> => {
    if (url.protocol === 'http:' || url.protocol === 'ws:') return Promise.resolve();
    const known = ways.get(url.origin);
    if (known !== undefined) return known;
    const way = findWay(url).catch((error: unknown) => {
      ways.delete(url.origin);
      throw error;
    });
    ways.set(url.origin, way);
    return way;
  };
  const agentFor = (url: URL): http.Agent => {
    if (url.protocol === 'http:') return plain;
    const proxy = proxies.get(url.origin) ?? '';
    const known = agents.get(proxy);
    if (known !== undefined) return known;
    const secure = secureContext === undefined ? kept : { ...kept, secureContext };
    const agent = proxy === '' ? new https.Agent(secure) : new ProxyAgent(new URL(proxy), secure);
    agents.set(proxy, agent);
    return agent;
  };
  return {
    prepare,
    agentFor,
    ...(pace === undefined ? {} : { pace }),
    request: async (request) => {
      const url = new URL(request.url);
      await prepare(url).catch((cause: unknown) => {
        throw new AppError('unavailable', `No way to ${url.host}`, { cause });
      });
      return send(request, agentFor(url));
    },
    close: () => {
      plain.destroy();
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

function send(request: HttpRequest, agent: http.Agent): Promise<HttpResponse> {
  const { method, url, headers, body, signal, pace } = request;
  const library = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => reject(unanswered(url, cause));
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = library.request(url, {
      method,
      agent,
      headers: { ...headers, ...length },
      ...(signal === undefined ? {} : { signal }),
    });
    outgoing.setTimeout(patience, () => outgoing.destroy(new Error('No answer in time')));
    outgoing.on('error', (cause: NodeJS.ErrnoException) => {
      // A kept connection that the server closed just as we used it: nothing was answered, and every request of ours may be repeated. Others that were
      // kept may be closed as well; a new one is the last try.
      if (outgoing.reusedSocket && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE')) send(request, agent).then(resolve, reject);
      else fail(cause);
    });
    outgoing.on('response', (message) => {
      const header = (name: string) => {
        const value = message.headers[name.toLowerCase()];
        return value === undefined ? null : Array.isArray(value) ? (value[0] ?? null) : value;
      };
      resolve({ status: message.statusCode ?? 0, header, body: bytesOf(message, pace, signal) });
    });
    if (pace === undefined || typeof body !== 'object') outgoing.end(body);
    else void writePaced(outgoing, body, pace, signal).catch((cause: unknown) => outgoing.destroy(cause as Error));
  });
}

/** A proxy that wants a password is something a person can mend: it is told apart. */
function unanswered(url: string, cause: unknown): AppError {
  const reason = (cause as { reason?: unknown }).reason;
  return new AppError('unavailable', `No answer from ${new URL(url).host}`, {
    cause,
    ...(typeof reason === 'string' ? { details: { reason } } : {}),
  });
}

const drained = (outgoing: http.ClientRequest): Promise<void> =>
  new Promise((resolve) => {
    const go = (): void => {
      outgoing.off('drain', go).off('close', go);
      resolve();
    };
    outgoing.once('drain', go).once('close', go);
  });

async function writePaced(outgoing: http.ClientRequest, body: Uint8Array, pace: Pace, signal: AbortSignal | undefined): Promise<void> {
  for (let at = 0; at < body.length && !outgoing.destroyed;) {
    const piece = body.subarray(at, at + (pace.isLimited ? limitedPieceBytes : pieceBytes));
    at += piece.length;
    const wait = pace.up(piece.length, signal);
    if (wait !== null) {
      // Held back by ourselves: that is no silence of the server's.
      outgoing.socket?.setTimeout(0);
      await wait;
      outgoing.socket?.setTimeout(patience);
    }
    if (!outgoing.write(piece)) await drained(outgoing);
  }
  outgoing.end();
}

async function* bytesOf(
  message: http.IncomingMessage,
  pace: Pace | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of message) {
      const bytes = piece as Uint8Array;
      const wait = pace?.down(bytes.length, signal) ?? null;
      if (wait !== null) {
        message.socket.setTimeout(0);
        await wait;
        message.socket.setTimeout(patience);
      }
      yield bytes;
    }
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
