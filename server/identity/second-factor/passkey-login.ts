import { AppError } from '#shared/base/errors.ts';
import type { LoginMethod } from '#shared/contract/login.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import type { PublicContext, Services } from '../../context.ts';
import type { PolicyReader } from '../../store/policies.ts';
import type { Attempts } from '../attempts.ts';
import { findTenant } from '../login/find-login.ts';
import type { LoginFlow } from '../login/flow.ts';
import { passkeyMethod } from '../login/state.ts';
import { proverOf, type Prover } from '../login/prover.ts';
import { parseTenantName } from '../member-name.ts';
import { hashToken } from '../tokens.ts';
import { passkeyFailed, type FactorOwner } from './owner.ts';
import type { Passkeys } from './passkeys.ts';

/** Logging in with a passkey alone (ACC-23): it verified its user, so it counts as two factors. */
export interface PasskeyLogin {
  /** Options that any authenticator with a passkey for this server can sign. `binding` must be given again. */
  options(binding: string): Promise<{ readonly ticket: string; readonly options: unknown }>;
  /** Whose passkey signed. Whether the rules let them in that way is the flow's to judge. Throws `passkey_failed`. */
  finish(ticket: string, binding: string, response: unknown): Promise<FactorOwner>;
}

export function makePasskeyLogin({ random }: Pick<Services, 'random'>, passkeys: Pick<Passkeys, 'beginUse' | 'finishUse'>): PasskeyLogin {
  const nameOf = (ticket: string, binding: string): string => `login ${hashToken(`${ticket} ${binding}`)}`;
  return {
    options: async (binding) => {
      const ticket = Buffer.from(random(32)).toString('base64url');
      return { ticket, options: await passkeys.beginUse(null, nameOf(ticket, binding)) };
    },
    finish: (ticket, binding, response) => passkeys.finishUse(null, nameOf(ticket, binding), response),
  };
}

export type PasskeyLoginHandlers = Pick<
  Handlers<ServerContract, PublicContext>,
  'session.passkeyBegin' | 'session.passkeyFinish' | 'login.methods'
>;

export interface PasskeyLoginOptions {
  readonly policies: PolicyReader;
  readonly attempts: Attempts;
  /** How many logins one address may begin. */
  readonly begins: Attempts;
  readonly flow: Pick<LoginFlow, 'openOrContinue'>;
  readonly passkeys: Pick<Passkeys, 'available'>;
  readonly login: PasskeyLogin;
  /** The other ways of a tenant (ACC-26). */
  otherMethods(tenantId: string): Promise<LoginMethod[]>;
}

/** Passkeys as a login of their own, for our own page and for programs that can sign. */
export function passkeyLoginHandlers(
  { database, random }: Pick<Services, 'database' | 'random'>,
  options: PasskeyLoginOptions,
): PasskeyLoginHandlers {
  const { policies, attempts, begins, flow, passkeys, login, otherMethods } = options;

  /** What a ticket is bound to: the device's key, or the page that began. */
  const bindingOf = (prover: Prover, page: string | null): string => {
    const binding = prover.thumbprint ?? page;
    if (binding === null) throw passkeyFailed();
    return binding;
  };

  return {
    'login.methods': async ({ member }) => {
      const name = member === undefined ? { tenantName: null } : parseTenantName(member);
      const tenantId = name === null ? null : await findTenant(database, name.tenantName);
      // Whoever asks about a company that does not exist gets what every company has at first.
      const { loginMethods } = tenantId === null ? defaultPolicy : (await policies.current(tenantId)).policy;
      const passkey: LoginMethod[] = loginMethods.passkey && passkeys.available ? [{ id: passkeyMethod, kind: 'passkey', name: '' }] : [];
      return { methods: [...passkey, ...(tenantId === null ? [] : await otherMethods(tenantId))] };
    },

    'session.passkeyBegin': async (_input, context) => {
      const proof = await context.prove();
      if (proof.kind === 'none') throw new AppError('unauthenticated', 'Who asks is unknown', { details: { reason: 'kind_mismatch' } });
      // Each leaves a row behind for five minutes.
      await begins.begin(context.address, 'passkey');
      if (proof.kind === 'device') return login.options(proof.thumbprint);
      const page = Buffer.from(random(32)).toString('base64url');
      context.setCookie(page, 'page');
      return login.options(page);
    },

    'session.passkeyFinish': async ({ ticket, response, kind, device }, context) => {
      const prover = await proverOf(kind, context);
      // A signature is not guessed: only how much one address may try is bounded.
      const attempt = await attempts.begin(context.address, `passkey ${hashToken(ticket)}`);
      const owner = await login.finish(ticket, bindingOf(prover, context.cookie('page')), response);
      await attempt.succeeded();
      return flow.openOrContinue(owner, { method: passkeyMethod, prover, device, factor: 'passkey' }, context);
    },
  };
}
