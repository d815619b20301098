import os from 'node:os';
import type { Clock } from '#shared/base/clock.ts';
import { AppError } from '#shared/base/errors.ts';
import type { Transport } from '#shared/client/transport.ts';
import { connect } from '#shared/contract/operation.ts';
import { login, type Identity } from '#shared/contract/login.ts';
import type { ClientKind } from '#shared/model/policy.ts';
import type { DeviceKey } from './transport/device-key.ts';
import type { NodeHttp } from './transport/http.ts';
import { nodeTransport } from './transport/node-transport.ts';
import { SignedHttp } from './transport/signed-http.ts';
import { Tokens, type TokensOptions } from './transport/tokens.ts';

export interface SessionOptions {
  /** As `serverUrl` gave it. */
  readonly url: string;
  readonly key: DeviceKey;
  readonly http: NodeHttp;
  readonly clock: Clock;
  readonly version: string;
  /** Puts a new refresh token away; see `Tokens`. */
  readonly save: (refreshToken: string, identity: Identity) => Promise<void>;
  readonly onEnded: (reason: string) => void;
}

/** A session that is open: the way to the server, and its tokens. */
export interface Session {
  readonly transport: Transport;
  readonly tokens: Tokens;
}

/** The name under which people know this machine: in device lists and in names of conflict copies. */
export const deviceName = (): string =>
  os
    .hostname()
    .replace(/\.local$/, '')
    .slice(0, 100) || 'PC';

/** Logs in with a password. The password is not kept. Rejects as the server answers, for instance `denied` with `wrong_credentials`. */
export async function loginSession(
  options: SessionOptions,
  input: { member: string; password: string; kind: ClientKind },
): Promise<Session & { identity: Identity }> {
  const signed = new SignedHttp({ ...options, http: options.http.request });
  const device = {
    name: deviceName(),
    platform: `${process.platform} ${os.release()}`.slice(0, 100),
    appVersion: options.version.slice(0, 40),
  };
  const outcome = await connect(login, signed.open)['session.login']({ ...input, device });
  if (outcome.kind === 'continue') {
    throw new AppError('denied', 'The login needs another step', { details: { reason: 'login_step_needed', subject: outcome.need.type } });
  }
  const { grant, identity } = outcome;
  if (grant === null) throw new AppError('unavailable', 'The server gave no tokens');
  await options.save(grant.refreshToken, identity);
  return { ...open(options, signed, { refreshToken: grant.refreshToken, grant, resumed: false }), identity };
}

/** Takes up a kept session. Nothing is asked yet: the first call rotates the token. */
export function resumeSession(options: SessionOptions, refreshToken: string): Session {
  return open(options, new SignedHttp({ ...options, http: options.http.request }), { refreshToken, resumed: true });
}

function open(options: SessionOptions, signed: SignedHttp, start: Pick<TokensOptions, 'refreshToken' | 'resumed' | 'grant'>): Session {
  const { clock, save, onEnded, http, version } = options;
  const tokens = new Tokens({ http: signed, clock, save, onEnded, ...start });
  return { tokens, transport: nodeTransport({ signed, tokens, http, version }) };
}
