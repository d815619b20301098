import { net } from 'electron';
import { AppError } from '#shared/base/errors.ts';
import type { Http } from './transport/http.ts';

/** HTTP as Electron's network stack does it, so that the system's proxies and certificates hold from the first login. */
export const electronHttp: Http = async ({ method, url, headers, body, signal }) => {
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
  return { status: response.status, header: (name) => response.headers.get(name), body: bytesOf(response) };
};

async function* bytesOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value as Uint8Array;
  } catch (cause) {
    throw new AppError('unavailable', 'The answer broke off', { cause });
  } finally {
    reader.releaseLock();
  }
}
