import { AppError } from '#shared/base/errors.ts';
import type { Clock } from '#shared/base/clock.ts';
import type { Send } from '#shared/contract/operation.ts';
import type { DeviceKey } from './device-key.ts';
import { textOf, type Http, type HttpRequest, type HttpResponse } from './http.ts';

/** What a request says; the rest (proof, token, version) is added here. */
export interface SignedRequest {
  readonly method: HttpRequest['method'];
  /** Starts with `/api/`. */
  readonly path: string;
  readonly body?: Uint8Array | string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly accessToken: string | null;
  readonly pace?: HttpRequest['pace'] | undefined;
  readonly signal?: AbortSignal;
}

/** HTTP to one server, each request proved with the device's key (RFC 9449). The server's nonce is learned from its answers. */
export class SignedHttp {
  readonly url: string;
  readonly key: DeviceKey;
  readonly #http: Http;
  readonly #clock: Clock;
  readonly #version: string;
  #nonce: string | null = null;

  constructor(options: { url: string; key: DeviceKey; http: Http; clock: Clock; version: string }) {
    this.url = options.url;
    this.key = options.key;
    this.#http = options.http;
    this.#clock = options.clock;
    this.#version = options.version;
  }

  /** One answer; a 401 that brings a new nonce is tried once more with it. Rejects with `unavailable` where none came. */
  async send(request: SignedRequest): Promise<HttpResponse> {
    const used = this.#nonce;
    const response = await this.#once(request);
    if (response.status !== 401 || this.#nonce === null || this.#nonce === used) return response;
    await textOf(response);
    return this.#once(request);
  }

  /** `send` for an operation; replies that are no JSON (a proxy's page, a half answer) reject with `unavailable`. */
  async call(name: string, input: unknown, accessToken: string | null): Promise<{ status: number; reply: unknown }> {
    const body = JSON.stringify(input ?? {});
    const path = `/api/${encodeURIComponent(name)}`;
    const response = await this.send({ method: 'POST', path, body, contentType: 'application/json', accessToken });
    const text = await textOf(response);
    try {
      return { status: response.status, reply: JSON.parse(text) as unknown };
    } catch (cause) {
      throw new AppError('unavailable', `The answer to ${name} is not one of ours`, { cause });
    }
  }

  /** The transport of public operations, before anybody is logged in. */
  get open(): Send {
    return async (name, input) => (await this.call(name, input, null)).reply;
  }

  async #once(request: SignedRequest): Promise<HttpResponse> {
    const { method, path, accessToken } = request;
    const url = `${this.url}${path}`;
    const issuedAt = Math.floor(this.#clock.now() / 1000);
    const response = await this.#http({
      method,
      url,
      headers: {
        ...request.headers,
        dpop: this.key.proof({ method, url, nonce: this.#nonce, accessToken, issuedAt }),
        'x-hikyaku-version': this.#version,
        ...(accessToken === null ? {} : { authorization: `DPoP ${accessToken}` }),
        ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
      },
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.pace === undefined ? {} : { pace: request.pace }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    this.#nonce = response.header('dpop-nonce') ?? this.#nonce;
    return response;
  }
}
