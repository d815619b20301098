import type { AppError } from '#shared/base/errors.ts';
import type { ServerEvent } from '#shared/contract/events.ts';
import type { Send } from '#shared/contract/operation.ts';
import type { PackedChunk } from '#shared/contract/pack.ts';

/**
 * The way to one server as one logged-in member. The host makes it (Node with device key and tokens, a browser with its cookie);
 * everything above speaks only this. Calls reject with `AppError`: `unavailable` when no answer came.
 */
export interface Transport {
  /** The server's address, without a trailing slash. */
  readonly url: string;
  /** Carries an operation of the tenant or admin contract; resolves with the reply as the server gave it. */
  readonly call: Send;
  /**
   * Opens the event socket, once. `onState` hears `open`, then `closed` (or only `closed` with the failure); whoever calls opens it again.
   * The returned function closes it without a further `onState`.
   */
  events(onEvent: (event: ServerEvent) => void, onState: (state: 'open' | 'closed', error?: AppError) => void): () => void;
  /** Sends one pack of chunks (shared/contract/pack.ts); resolved, the chunks are durable on the server. */
  sendPack(pack: Uint8Array, signal?: AbortSignal): Promise<void>;
  /**
   * The bytes of chunks as they arrive, in the server's order. Hashes are not checked here. `items` are the files of Drive that the chunks belong
   * to, which the server wants to know where it records downloads (FIL-07).
   */
  readChunks(hashes: readonly string[], options?: { items?: readonly string[]; signal?: AbortSignal }): AsyncIterable<PackedChunk>;
  /** A byte route of the server (`/api/…`) as a stream, from `offset` on. */
  readBytes(path: string, options?: { offset?: number; signal?: AbortSignal }): AsyncIterable<Uint8Array>;
  /** The same as it was answered, with its status and headers, for hosts that pass it on. Missing in browsers, which ask by themselves. */
  open?(path: string, options: { headers: Readonly<Record<string, string>>; signal: AbortSignal }): Promise<BytesAnswer>;
}

/** An answer of a byte route. */
export interface BytesAnswer {
  readonly status: number;
  header(name: string): string | null;
  readonly body: AsyncIterable<Uint8Array>;
}
