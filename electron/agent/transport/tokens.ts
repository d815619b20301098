import type { Clock } from '#shared/base/clock.ts';
import { AppError, reasonOf } from '#shared/base/errors.ts';
import { connect } from '#shared/contract/operation.ts';
import { login, type Grant, type Identity } from '#shared/contract/login.ts';
import type { SignedHttp } from './signed-http.ts';

/** A token is renewed this long before it would end, in milliseconds. */
const margin = 30_000;

export interface TokensOptions {
  readonly http: SignedHttp;
  readonly clock: Clock;
  readonly refreshToken: string;
  /** A kept session is taken up at a program's start (ACC-30): the first rotation says so. */
  readonly resumed: boolean;
  /** The first access token where login just gave one. */
  readonly grant?: Grant;
  /** Puts the new refresh token away. Awaited before the new token is used: a crash must never leave only a spent one behind. */
  readonly save: (refreshToken: string, identity: Identity) => Promise<void>;
  /** The session is over and will not come back; called once. */
  readonly onEnded: (reason: string) => void;
}

/** One session's tokens. The access token lives only here, in memory. */
export class Tokens {
  readonly #options: TokensOptions;
  #refreshToken: string;
  #resumed: boolean;
  #access: { readonly token: string; readonly endsAt: number } | null = null;
  #renewing: Promise<Identity> | null = null;
  #ended: AppError | null = null;

  constructor(options: TokensOptions) {
    this.#options = options;
    this.#refreshToken = options.refreshToken;
    this.#resumed = options.resumed;
    if (options.grant !== undefined) this.#take(options.grant);
  }

  /** A token that is good for a while. Rejects with `unauthenticated` once the session has ended. */
  async access(): Promise<string> {
    if (this.#access === null || this.#options.clock.monotonic() > this.#access.endsAt - margin) await this.renew();
    return this.#access!.token;
  }

  /** Forgets the access token after the server refused it; the next call renews. */
  refuse(token: string): void {
    if (this.#access?.token === token) this.#access = null;
  }

  /** Rotates the refresh token; calls that come meanwhile share one rotation. After a lost answer the old token is sent again. */
  renew(): Promise<Identity> {
    this.#renewing ??= this.#rotate().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #rotate(): Promise<Identity> {
    if (this.#ended !== null) throw this.#ended;
    const { grant, identity } = await this.#ask();
    await this.#options.save(grant.refreshToken, identity);
    this.#refreshToken = grant.refreshToken;
    this.#resumed = false;
    this.#take(grant);
    return identity;
  }

  async #ask(): Promise<{ grant: Grant; identity: Identity }> {
    const server = connect(login, this.#options.http.open);
    const ask = () => server['session.refresh']({ refreshToken: this.#refreshToken, resumed: this.#resumed });
    try {
      // The answer may be what was lost: the same token again, at once, while the server still takes it.
      return await ask().catch((error: unknown) =>
        error instanceof AppError && error.code === 'unavailable' ? ask() : Promise.reject(error),
      );
    } catch (cause) {
      const error = AppError.from(cause);
      const reason = reasonOf(error);
      if (error.code === 'unauthenticated' || reason === 'keep_login_forbidden') this.end(reason ?? 'session_ended');
      throw error;
    }
  }

  /** Ends the session on this side: no more calls. */
  end(reason: string): void {
    if (this.#ended !== null) return;
    this.#ended = new AppError('unauthenticated', 'The session has ended', { details: { reason } });
    this.#access = null;
    this.#options.onEnded(reason);
  }

  #take(grant: Grant): void {
    this.#access = { token: grant.accessToken, endsAt: this.#options.clock.monotonic() + grant.expiresInSeconds * 1000 };
  }
}
