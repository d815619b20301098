import { AppError } from '#shared/base/errors.ts';
import { replyFailure } from '#shared/client/reply-failure.ts';
import type { Transport } from '#shared/client/transport.ts';
import { eventProtocol, parseServerEvent } from '#shared/contract/events.ts';
import { PackReader } from '#shared/contract/pack.ts';

/** The header that tells our own page from others: another site cannot set it without asking first. */
const ownPage = { 'x-hikyaku': '1' };

/**
 * The way from the page to the server it came from: its cookie says who it is.
 * @param url the page's origin, without a trailing slash
 */
export function browserTransport(url: string, version: string): Transport {
  const headers = { ...ownPage, 'x-hikyaku-version': version };
  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    try {
      return await fetch(url + path, {
        credentials: 'same-origin',
        cache: 'no-store',
        redirect: 'error',
        ...init,
        headers: { ...headers, ...init.headers },
      });
    } catch (cause) {
      throw new AppError('unavailable', `No answer from ${url}`, { cause });
    }
  };
  /** Byte routes answer failures as replies. */
  const askBytes = async (path: string, init: RequestInit): Promise<ReadableStream<Uint8Array>> => {
    const response = await ask(path, init);
    if (response.ok && response.body !== null) return response.body;
    throw replyFailure(await response.json().catch(() => null)) ?? new AppError('unavailable', `The answer to ${path} is not one of ours`);
  };
  const passed = (signal: AbortSignal | undefined): RequestInit => (signal === undefined ? {} : { signal });

  return {
    url,
    call: async (name, input) => {
      const response = await ask(`/api/${encodeURIComponent(name)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input ?? {}),
      });
      try {
        return (await response.json()) as unknown;
      } catch (cause) {
        throw new AppError('unavailable', `The answer to ${name} is not one of ours`, { cause });
      }
    },
    events: (onEvent, onState) => {
      const socket = new WebSocket(`${url.replace(/^http/u, 'ws')}/api/events`, [eventProtocol, `version.${version}`]);
      const stop = new AbortController();
      const { signal } = stop;
      socket.addEventListener('open', () => onState('open'), { signal });
      socket.addEventListener(
        'message',
        ({ data }) => {
          const event = typeof data === 'string' ? parseServerEvent(data) : null;
          if (event !== null) onEvent(event);
        },
        { signal },
      );
      socket.addEventListener('close', () => onState('closed', new AppError('unavailable', 'The socket closed')), { signal });
      return () => {
        stop.abort();
        socket.close();
      };
    },
    sendPack: async (pack, signal) => {
      const response = await ask('/api/content/pack', {
        method: 'PUT',
        body: new Blob([pack as Uint8Array<ArrayBuffer>]),
        ...passed(signal),
      });
      if (response.ok) return;
      throw replyFailure(await response.json().catch(() => null)) ?? new AppError('unavailable', 'The pack was not answered');
    },
    readChunks: async function* (hashes, { items = [], signal } = {}) {
      const body = await askBytes('/api/content/read', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ hashes, items }),
        ...passed(signal),
      });
      const reader = new PackReader();
      for await (const piece of piecesOf(body)) yield* reader.push(piece);
      reader.end();
    },
    readBytes: async function* (path, { offset = 0, signal } = {}) {
      yield* piecesOf(await askBytes(path, { ...(offset > 0 ? { headers: { range: `bytes=${offset}-` } } : {}), ...passed(signal) }));
    },
  };
}

async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (cause) {
    throw new AppError('unavailable', 'The answer broke off', { cause });
  } finally {
    reader.releaseLock();
  }
}
