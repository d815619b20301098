import os from 'node:os';
import type { Clock } from '#shared/base/clock.ts';
import { AppError } from '#shared/base/errors.ts';
import type { Transport } from '#shared/client/transport.ts';
import { connect } from '#shared/contract/operation.ts';
import { login, type Identity, type LoginAnswer, type LoginNeed, type LoginOutcome } from '#shared/contract/login.ts';
import type { ClientKind } from '#shared/model/policy.ts';
import type { DeviceKey } from './transport/device-key.ts';
import { HostBackoff } from './transport/host-backoff.ts';
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
  /** The same way for the sync engine, which the rules on the Drive explorer concern as well (ADM-09). */
  readonly syncTransport: Transport;
  readonly tokens: Tokens;
}

/** The name under which people know this machine: in device lists and in names of conflict copies. */
export const deviceName = (): string =>
  os
    .hostname()
    .replace(/\.local$/, '')
    .slice(0, 100) || 'PC';

/** How a login stands: open, or waiting for what a person knows. `answer` may be called again after it was refused. */
export type LoginStep =
  | { readonly kind: 'open'; readonly session: Session & { identity: Identity } }
  | { readonly kind: 'continue'; readonly need: LoginNeed; answer(answer: LoginAnswer): Promise<LoginStep> };

/** What this program says about the machine. */
export const deviceFacts = (version: string) => ({
  name: deviceName(),
  platform: `${process.platform} ${os.release()}`.slice(0, 100),
  appVersion: version.slice(0, 40),
});

/** Begins a login with a password. The password is not kept. Rejects as the server answers, for instance `denied` with `wrong_credentials`. */
export async function beginLogin(
  options: SessionOptions,
  input: { member: string; password: string; kind: ClientKind },
): Promise<LoginStep> {
  const signed = new SignedHttp({ ...options, http: options.http.request });
  const device = deviceFacts(options.version);
  return stepOf(options, signed, await connect(login, signed.open)['session.login']({ ...input, device }));
}

/** What an outcome means here: a session, or the next step, which only `signed` (its device key) can answer. */
export async function stepOf(options: SessionOptions, signed: SignedHttp, outcome: LoginOutcome): Promise<LoginStep> {
  if (outcome.kind === 'continue') {
    const { ticket, need } = outcome;
    const answer = async (given: LoginAnswer) =>
      stepOf(options, signed, await connect(login, signed.open)['session.continue']({ ticket, answer: given }));
    return { kind: 'continue', need, answer };
  }
  const { grant, identity } = outcome;
  if (grant === null) throw new AppError('unavailable', 'The server gave no tokens');
  await options.save(grant.refreshToken, identity);
  const session = open(options, signed, { refreshToken: grant.refreshToken, grant, resumed: false });
  return { kind: 'open', session: { ...session, identity } };
}

/** What somebody at a command line does about a step that a program cannot take. */
const whatToDo: Readonly<Record<LoginNeed['type'], string>> = {
  code: 'This login asks for a code (two-step verification): give --code, or log in once with the app or in a browser',
  enrol_totp: 'Two-step verification is required and not set up yet: log in once with the app or in a browser',
  recovery_codes: 'Recovery codes must be kept by a person: log in once with the app or in a browser',
  new_password: 'A new password must be chosen: log in once with the app or in a browser',
};

/** A code that the person at a command line gave along: six digits of an authenticator program, or a recovery code. */
export interface GivenCode {
  readonly code: string;
  /** Do not ask this device again for as long as the rules say (ACC-21). */
  readonly trustDevice: boolean;
}

/**
 * Logs in at once, with a code where one is given and asked for. Any other step that needs a person rejects with `denied`, `login_step_needed`
 * and a message that says what to do.
 */
export async function loginSession(
  options: SessionOptions,
  { given, ...input }: { member: string; password: string; kind: ClientKind; given?: GivenCode },
): Promise<Session & { identity: Identity }> {
  let step = await beginLogin(options, input);
  if (step.kind === 'continue' && step.need.type === 'code' && given !== undefined) {
    const method = /^\d{6}$/.test(given.code) ? 'totp' : 'recovery';
    step = await step.answer({ type: 'code', method, ...given });
  }
  if (step.kind === 'open') return step.session;
  const { type } = step.need;
  throw new AppError('denied', whatToDo[type], { details: { reason: 'login_step_needed', subject: type } });
}

/** Takes up a kept session. Nothing is asked yet: the first call rotates the token. */
export function resumeSession(options: SessionOptions, refreshToken: string): Session {
  return open(options, new SignedHttp({ ...options, http: options.http.request }), { refreshToken, resumed: true });
}

function open(options: SessionOptions, signed: SignedHttp, start: Pick<TokensOptions, 'refreshToken' | 'resumed' | 'grant'>): Session {
  const { clock, save, onEnded, http, version } = options;
  const tokens = new Tokens({ http: signed, clock, save, onEnded, ...start });
  const way = { signed, tokens, http, version };
  const backoff = new HostBackoff(clock, Math.random);
  return { tokens, transport: nodeTransport(way), syncTransport: nodeTransport({ ...way, environment: 'drive-explorer', backoff }) };
}
