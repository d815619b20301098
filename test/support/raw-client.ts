import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import type { Grant, Identity, LoginAnswer, LoginOutcome } from '#shared/contract/login.ts';
import { testPassword } from './test-server.ts';

export interface RawReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    ok: boolean;
    value?: unknown;
    error?: { code: string; message: string; details?: { reason?: string; [key: string]: unknown } };
  };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** A device written against the wire format alone, so that tests can send what the real client never would. */
export class RawClient {
  readonly url: string;
  readonly #key: KeyObject;
  readonly #publicKey: object;
  nonce: string | null = null;
  grant: Grant | null = null;
  identity: Identity | null = null;
  version = '0.1.0';

  constructor(url: string) {
    this.url = url;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#key = privateKey;
    this.#publicKey = publicKey.export({ format: 'jwk' });
  }

  /** A proof; `claims` replace what it would say, `header` likewise. */
  proof(method: string, path: string, token: string | null, claims: object = {}, header: object = {}): string {
    const payload = {
      jti: randomUUID(),
      htm: method,
      htu: `${this.url}${path}`,
      iat: 1,
      ...(this.nonce === null ? {} : { nonce: this.nonce }),
      ...(token === null ? {} : { ath: digest(token) }),
      ...claims,
    };
    const input = `${encode({ typ: 'dpop+jwt', alg: 'ES256', jwk: this.#publicKey, ...header })}.${encode(payload)}`;
    return `${input}.${sign('sha256', Buffer.from(input), { key: this.#key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }

  /** One request as given, without learning or repeating anything. */
  async send(path: string, headers: Record<string, string>, body: unknown, method = 'POST'): Promise<RawReply> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'x-hikyaku-version': this.version, ...headers },
      ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as RawReply['body'] };
  }

  /** An operation with proof and token, once more with the nonce of the answer where the server asks for it. */
  async call(
    name: string,
    input: unknown = {},
    headers: Record<string, string> = {},
    token = this.grant?.accessToken ?? null,
  ): Promise<RawReply> {
    const path = `/api/${name}`;
    const once = () =>
      this.send(
        path,
        { dpop: this.proof('POST', path, token), ...(token === null ? {} : { authorization: `DPoP ${token}` }), ...headers },
        input,
      );
    const first = await once();
    const used = this.nonce;
    this.nonce = first.headers.get('dpop-nonce') ?? this.nonce;
    if (first.body.error?.details?.reason !== 'use_dpop_nonce' || used === this.nonce) return first;
    return once();
  }

  async login(member: string, options: { password?: string; kind?: string; headers?: Record<string, string> } = {}): Promise<RawReply> {
    const { password = testPassword, kind = 'pc-app', headers = {} } = options;
    const device = { name: 'PC-01', platform: 'test', appVersion: '0.1.0' };
    const reply = await this.call('session.login', { member, password, kind, device }, headers, null);
    return this.#opened(reply);
  }

  /** Answers what a login still needs. */
  async continueLogin(ticket: string, answer: LoginAnswer | object): Promise<RawReply> {
    return this.#opened(await this.call('session.continue', { ticket, answer }, {}, null));
  }

  #opened(reply: RawReply): RawReply {
    const outcome = reply.body.value as LoginOutcome | undefined;
    if (reply.body.ok && outcome?.kind === 'open') this.#take(outcome);
    return reply;
  }

  async refresh(options: { resumed?: boolean; refreshToken?: string; keep?: boolean } = {}): Promise<RawReply> {
    const { resumed = false, refreshToken = this.grant?.refreshToken ?? '', keep = true } = options;
    const reply = await this.call('session.refresh', { refreshToken, resumed }, {}, null);
    if (reply.body.ok && keep) this.#take(reply.body.value as { grant: Grant; identity: Identity });
    return reply;
  }

  #take({ grant, identity }: { grant: Grant | null; identity: Identity }): void {
    this.grant = grant;
    this.identity = identity;
  }
}
