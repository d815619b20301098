import { randomUUID } from 'node:crypto';
import { AppError, errorCodes } from '#shared/base/errors.ts';
import type { AccountCore } from '#shared/client/account.ts';
import type { Handlers, OutputOf } from '#shared/contract/operation.ts';
import type { OutsideContract } from '#shared/contract/outside.ts';

/** Exactly what pages show: pictures of a file's pages, and the file itself for players. */
const shown = /^\/([^/?]{1,200})(\/files\/[^/?]{1,200}\/(?:content|preview\/\d{1,4}))(\?(?:(?:width|version)=\d{1,9}&?)*)?$/;
/** Of the server's headers, those that a picture or a player needs. */
const passed = ['content-type', 'content-length', 'content-range', 'accept-ranges', 'etag'] as const;
/** How much goes over at a time, in bytes. */
const pieceBytes = 512 * 1024;
/** Players give up streams without a word when they seek: the oldest are closed beyond this many. */
const mostOpen = 24;

interface OpenStream {
  readonly accountId: string;
  readonly pieces: AsyncIterator<Uint8Array>;
  readonly abort: AbortController;
}

/** Bytes of files on their way to the page: fetched with the account's session, which the page never sees. Nothing of it is kept. */
export class ContentStreams {
  readonly #find: (accountId: string) => AccountCore | undefined;
  readonly #open = new Map<string, OpenStream>();

  constructor(find: (accountId: string) => AccountCore | undefined) {
    this.#find = find;
  }

  handlers(): Pick<Handlers<OutsideContract, unknown>, 'content.open' | 'content.read' | 'content.close'> {
    return {
      'content.open': ({ path, range }) => this.#begin(path, range),
      'content.read': async ({ streamId }) => ({ bytes: await this.#read(streamId) }),
      'content.close': async ({ streamId }) => {
        this.#close(streamId);
        return {};
      },
    };
  }

  /** An account closes or locks: nothing more of it is shown. */
  closeAll(accountId: string): void {
    for (const [id, stream] of this.#open) if (stream.accountId === accountId) this.#close(id);
  }

  async #begin(path: string, range: string | null): Promise<OutputOf<OutsideContract, 'content.open'>> {
    const [, account, route, query = ''] = shown.exec(path) ?? [];
    if (account === undefined || route === undefined) return answer(404);
    const core = this.#find(decodeURIComponent(account));
    if (core === undefined) return answer(403);
    const abort = new AbortController();
    try {
      core.assertOpen();
      if (core.transport.open === undefined) return answer(404);
      const headers: Record<string, string> = range === null ? {} : { range };
      const response = await core.transport.open(`/api${route}${query}`, { headers, signal: abort.signal });
      const streamId = randomUUID();
      this.#open.set(streamId, { accountId: core.accountId, pieces: response.body[Symbol.asyncIterator](), abort });
      const oldest = this.#open.keys().next().value;
      if (this.#open.size > mostOpen && oldest !== undefined) this.#close(oldest);
      const found = passed.flatMap((name) => {
        const value = response.header(name);
        return value === null ? [] : [[name, value]];
      });
      return { streamId, status: response.status, headers: Object.fromEntries(found) as Record<string, string> };
    } catch (cause) {
      return answer(errorCodes[AppError.from(cause).code].status);
    }
  }

  async #read(streamId: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const stream = this.#open.get(streamId);
    if (stream === undefined) throw new AppError('not_found', 'No such stream');
    const core = this.#find(stream.accountId);
    if (core === undefined) throw new AppError('denied', 'The account is closed', { details: { reason: 'session_ended' } });
    core.assertOpen();
    const pieces: Uint8Array[] = [];
    for (let length = 0; length < pieceBytes;) {
      const next = await stream.pieces.next();
      if (next.done === true) break;
      pieces.push(next.value);
      length += next.value.length;
    }
    if (pieces.length === 0) this.#open.delete(streamId);
    return pieces.length === 0 ? null : Uint8Array.from(Buffer.concat(pieces));
  }

  #close(streamId: string): void {
    const stream = this.#open.get(streamId);
    this.#open.delete(streamId);
    stream?.abort.abort();
  }
}

const answer = (status: number) => ({ streamId: 'none', status, headers: {} });
