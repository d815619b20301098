import { net } from 'electron';
import { AppError } from '#shared/base/errors.ts';
import type { Http } from './transport/http.ts';
import type { Pace } from './transport/line.ts';

/** HTTP as Electron's network stack does it, so that the system's proxies and certificates hold from the first login. */
export const electronHttp: Http = async ({ method, url, headers, body, signal, pace }) => {
  // This stack gathers a body before it sends it: it is held back as a whole.
  if (typeof body === 'object') await pace?.up(body.length, signal);
  const response = await net
    .fetch(url, {
      method,
      headers: { ...headers },
      redirect: 'error',
      credentials: 'omit',
      cache: 'no-store',
      ...(body === undefined ? {} : { body: body as NonNullable<RequestInit['body']> }),
      ...(signal === undefined ? {} : { signal }),
    })
    .catch((cause: unknown) => {
      throw new AppError('unavailable', `No answer from ${new URL(url).host}`, { cause });
    });
  return { status: response.status, header: (name) => response.headers.get(name), body: bytesOf(response, pace, signal) };
};

async function* bytesOf(response: Response, pace: Pace | undefined, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      const bytes = piece.value as Uint8Array;
      await pace?.down(bytes.length, signal);
      yield bytes;
    }
  } catch (cause) {
    throw new AppError('unavailable', 'The answer broke off', { cause });
  } finally {
    reader.releaseLock();
  }
}
