import { AppError } from '#shared/base/errors.ts';
import { replyFailure } from '#shared/client/reply-failure.ts';
import type { Transport } from '#shared/client/transport.ts';
import { connect } from '#shared/contract/operation.ts';
import { PackReader } from '#shared/contract/pack.ts';
import { tenant } from '#shared/contract/tenant.ts';
import type { Environment } from '#shared/model/rights.ts';
import { retryAfterMs, type HostBackoff } from './host-backoff.ts';
import { textOf, type HttpResponse, type NodeHttp } from './http.ts';
import type { SignedHttp, SignedRequest } from './signed-http.ts';
import { openSocket } from './socket.ts';
import type { Tokens } from './tokens.ts';

/** Answers of a server that is overloaded, and of what stands before one that is away. */
const busyStatuses: ReadonlySet<number> = new Set([429, 503]);
const awayStatuses: ReadonlySet<number> = new Set([502, 504]);

/** The transport of the agent: signed requests with the session's token, one socket for hints. */
export function nodeTransport(options: {
  signed: SignedHttp;
  tokens: Tokens;
  http: Pick<NodeHttp, 'agentFor' | 'prepare' | 'pace'>;
  version: string;
  /** What this part of the program works as, where it is not what the session was opened for: the rules for both hold then (ADM-09). */
  environment?: Environment;
  /** Where the server is left alone for a while after it did not answer: for what works by itself, not for what a person waits for. */
  backoff?: HostBackoff;
}): Transport {
  const { signed, tokens, http, version, environment, backoff } = options;
  const { pace } = http;

  const asked = async (request: SignedRequest, hasOwnPauses: boolean): Promise<HttpResponse> => {
    const tell = hasOwnPauses ? undefined : backoff?.begin();
    try {
      const response = await signed.send(request);
      const wanted = busyStatuses.has(response.status) ? retryAfterMs(response.header('retry-after'), Date.now()) : null;
      // Without that header it is an answer about one thing, or a page of what stands before the server.
      if (wanted === null) tell?.(awayStatuses.has(response.status) ? 'no_answer' : 'answered');
      else tell?.({ retryAfterMs: wanted });
      return response;
    } catch (error) {
      tell?.(request.signal?.aborted === true ? 'answered' : 'no_answer');
      throw error;
    }
  };

  /** With a token; one that the server no longer takes is renewed once. */
  const authorised = async (plain: Omit<SignedRequest, 'accessToken'>, hasOwnPauses = false): Promise<HttpResponse> => {
    const headers = { ...plain.headers, ...(environment === undefined ? {} : { 'x-hikyaku-environment': environment }) };
    const request = { ...plain, headers };
    const accessToken = await tokens.access();
    const response = await asked({ ...request, accessToken }, hasOwnPauses);
    if (response.status !== 401) return response;
    await textOf(response);
    tokens.refuse(accessToken);
    return asked({ ...request, accessToken: await tokens.access() }, hasOwnPauses);
  };

  const callWith = async (name: string, input: unknown, hasOwnPauses: boolean): Promise<unknown> => {
    const body = JSON.stringify(input ?? {});
    const path = `/api/${encodeURIComponent(name)}`;
    const text = await textOf(await authorised({ method: 'POST', path, body, contentType: 'application/json' }, hasOwnPauses));
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      throw new AppError('unavailable', `The answer to ${name} is not one of ours`, { cause });
    }
  };

  const call = (name: string, input: unknown): Promise<unknown> => callWith(name, input, false);

  return {
    url: signed.url,
    call,
    events: (onEvent, onState) => {
      let close = () => {};
      let wanted = true;
      const opened = (): void => {
        backoff?.answered();
        onState('open');
      };
      // Whoever keeps the line open has pauses of their own, and finds out first that the server is back.
      connect(tenant, (name, input) => callWith(name, input, true))
        ['session.ticket']({})
        .then(async ({ ticket }) => {
          await http.prepare(new URL(signed.url));
          if (!wanted) return;
          close = openSocket(
            { serverUrl: signed.url, ticket, version, http },
            { event: onEvent, open: () => opened(), closed: (error) => onState('closed', error) },
          );
        })
        .catch((error: unknown) => {
          if (wanted) onState('closed', AppError.from(error));
        });
      return () => {
        wanted = false;
        close();
      };
    },
    sendPack: async (pack, signal) => {
      const request = { method: 'PUT', path: '/api/content/pack', body: pack, contentType: 'application/octet-stream', pace } as const;
      const response = await authorised({ ...request, ...(signal === undefined ? {} : { signal }) });
      await accepted(response);
      await textOf(response);
    },
    readChunks: async function* (hashes, { items = [], signal } = {}) {
      const request = { method: 'POST', path: '/api/content/read', contentType: 'application/json', pace } as const;
      const response = await authorised({
        ...request,
        body: JSON.stringify({ hashes, items }),
        ...(signal === undefined ? {} : { signal }),
      });
      await accepted(response);
      const reader = new PackReader();
      for await (const bytes of response.body) yield* reader.push(bytes);
      reader.end();
    },
    readBytes: async function* (path, { offset = 0, signal } = {}) {
      const headers: Record<string, string> = offset === 0 ? {} : { range: `bytes=${offset}-` };
      const response = await authorised({ method: 'GET', path, headers, pace, ...(signal === undefined ? {} : { signal }) });
      await accepted(response);
      if (offset > 0 && response.status !== 206) throw new AppError('unavailable', 'The server does not continue this file');
      yield* response.body;
    },
    open: (path, { headers, signal }) => authorised({ method: 'GET', path, headers, signal }),
  };
}

/** Throws the failure that a byte route answered with: its reply where there is one, else by status. */
async function accepted(response: HttpResponse): Promise<void> {
  if (response.status >= 200 && response.status < 300) return;
  const text = await textOf(response);
  const error = replyError(text);
  if (error !== null) throw error;
  throw new AppError(response.status >= 500 ? 'unavailable' : 'internal', `The server answered ${response.status}`);
}

function replyError(text: string): AppError | null {
  try {
    return replyFailure(JSON.parse(text));
  } catch {
    return null;
  }
}
