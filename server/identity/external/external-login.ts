import { createHash } from 'node:crypto';
import { AppError, reasonOf } from '#shared/base/errors.ts';
import type { LoginMethod } from '#shared/contract/login.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { deny } from '#shared/model/decision.ts';
import type { Policy } from '#shared/model/policy.ts';
import { denial } from '#shared/policy/denial.ts';
import type { Log, PublicContext, Services } from '../../context.ts';
import type { PolicyReader } from '../../store/policies.ts';
import { findTenant } from '../login/find-login.ts';
import type { LoginFlow } from '../login/flow.ts';
import { proverOf } from '../login/prover.ts';
import { parseMemberName } from '../member-name.ts';
import { hashToken } from '../tokens.ts';
import type { Asserted, Checks } from './asserted.ts';
import { externalExpired, type ExternalLogin, type ExternalLogins } from './external-logins.ts';
import type { MatchMember } from './match-member.ts';
import { beginOidc, finishOidc } from './oidc.ts';
import type { Provider, Providers } from './providers.ts';
import { checkedReturn, returned } from './return-to.ts';
import { beginSaml, finishSaml, type SamlRequests } from './saml.ts';
import type { Passkeys } from '../second-factor/passkeys.ts';

/** The id of the method that needs no provider. */
export const passkeyMethod = 'passkey';

export interface ExternalLoginOptions {
  readonly policies: PolicyReader;
  readonly providers: Providers;
  readonly logins: ExternalLogins;
  readonly match: MatchMember;
  readonly flow: Pick<LoginFlow, 'openOrContinue'>;
  readonly samlRequests: SamlRequests;
  readonly publicUrl: () => string;
  readonly passkeys: Pick<Passkeys, 'available' | 'beginUse' | 'finishUse'>;
}

/** Where a browser goes on from here. */
export interface SignInPages {
  oidc(callback: URL, address: string): Promise<string>;
  saml(form: URLSearchParams, address: string): Promise<string>;
}

export type ExternalLoginHandlers = Pick<
  Handlers<ServerContract, PublicContext>,
  'session.external' | 'session.externalPasskeyOptions' | 'session.externalPasskey' | 'session.externalFinish'
>;

export interface ExternalLoginService {
  readonly handlers: ExternalLoginHandlers;
  readonly pages: SignInPages;
  /** The providers that the login form offers. */
  methods(tenantId: string): Promise<LoginMethod[]>;
}

/** Logging in through the system's browser (ACC-23, ACC-26): the same for OIDC, SAML and passkeys but for who says who it is. */
export function externalLogin(
  { database, random, log }: Pick<Services, 'database' | 'random'> & { readonly log: Log },
  options: ExternalLoginOptions,
): ExternalLoginService {
  const { policies, providers, logins, match, flow, samlRequests, publicUrl, passkeys } = options;
  const oidcUri = (): string => `${publicUrl()}/sign-in/oidc`;
  const samlUri = (): string => `${publicUrl()}/sign-in/saml`;

  const tenantOf = (member: string | undefined): Promise<string | null> => {
    const at = member?.indexOf('@') ?? -1;
    const name = at < 0 ? null : (parseMemberName(member!)?.tenantName ?? member!.slice(at + 1));
    return findTenant(database, name);
  };
  const isAllowed = (kind: 'passkey' | 'oidc' | 'saml', { loginMethods }: Policy): boolean => loginMethods[kind];
  const methodDenied = (): AppError => denial(deny('login_method_denied', 'ACC-23'));

  /** Where the browser goes first, and what its answer is checked with. */
  const begin = async (provider: Provider, state: string): Promise<{ url: string; checks: Checks }> => {
    const { settings } = provider;
    if (settings.kind === 'oidc') return beginOidc({ ...provider, settings }, state, oidcUri());
    return { url: await beginSaml({ ...provider, settings }, state, samlUri(), samlRequests), checks: { kind: 'saml' } };
  };

  /** The login of the page in the system's browser. Throws where it is none by passkey, or where no page of ours asks. */
  const passkeyLogin = async (state: string, context: PublicContext): Promise<ExternalLogin> => {
    const proof = await context.prove();
    const login = await logins.find(state);
    if (proof.kind !== 'browser' || login === null || login.checks.kind !== 'passkey') throw externalExpired();
    return login;
  };

  /** Ends the browser's part: where it goes, with a code or with the reason why not. */
  const conclude = async (
    state: string,
    login: ExternalLogin,
    address: string,
    assert: (provider: Provider) => Promise<Asserted>,
  ): Promise<string> => {
    try {
      const provider = await providers.find(login.tenantId, login.providerId);
      const { policy } = await policies.current(login.tenantId);
      if (!provider.enabled || !isAllowed(provider.settings.kind, policy)) throw methodDenied();
      const asserted = await assert(provider);
      const memberId = await match(provider, asserted, address);
      const code = await logins.finish(state, memberId, asserted.twoSteps ? 'external' : null);
      if (code === null) throw externalExpired();
      return returned(login.returnTo, publicUrl(), { code });
    } catch (error) {
      const known = AppError.from(error);
      if (known.code === 'internal') log.error({ error }, 'A login through a provider failed');
      else log.warn({ problem: known.message }, 'A login through a provider was refused');
      await logins.drop(state);
      return returned(login.returnTo, publicUrl(), { error: reasonOf(error) ?? known.code });
    }
  };

  return {
    handlers: {
      'session.external': async ({ method, member, kind, device, returnTo, challenge }, context) => {
        const { thumbprint } = await proverOf(kind, context);
        const tenantId = await tenantOf(member);
        if (tenantId === null) throw new AppError('not_found', 'Say which company: id@company', { details: { reason: 'tenant_unclear' } });
        const { policy } = await policies.current(tenantId);
        const state = Buffer.from(random(32)).toString('base64url');
        const login = { tenantId, providerId: method, kind, thumbprint, device, returnTo: checkedReturn(returnTo, kind), challenge };
        if (method === passkeyMethod) {
          if (!passkeys.available || !policy.loginMethods.passkey) throw methodDenied();
          await logins.begin(state, { ...login, checks: { kind: 'passkey' } });
          return { url: `${publicUrl()}/sign-in/#${state}` };
        }
        const provider = await providers.find(tenantId, method);
        if (!provider.enabled || !isAllowed(provider.settings.kind, policy)) throw methodDenied();
        const { url, checks } = await begin(provider, state);
        await logins.begin(state, { ...login, checks });
        return { url };
      },

      'session.externalPasskeyOptions': async ({ state }, context) => {
        await passkeyLogin(state, context);
        return { options: await passkeys.beginUse(null, `external ${hashToken(state)}`) };
      },

      'session.externalPasskey': async ({ state, response }, context) => {
        const login = await passkeyLogin(state, context);
        const who = await passkeys.finishUse(null, `external ${hashToken(state)}`, response);
        const code = who.tenantId === login.tenantId ? await logins.finish(state, who.memberId, 'passkey') : null;
        if (code === null) throw externalExpired();
        return { url: returned(login.returnTo, publicUrl(), { code }) };
      },

      'session.externalFinish': async ({ code, verifier }, context) => {
        const login = await logins.take(code);
        const challenge = createHash('sha256').update(verifier).digest('base64url');
        if (login === null || challenge !== login.challenge) throw externalExpired();
        const prover = await proverOf(login.kind, context);
        if (prover.thumbprint !== login.thumbprint) throw externalExpired();
        const { tenantId, memberId, providerId, device, factor } = login;
        return flow.openOrContinue({ tenantId, memberId }, { method: providerId, prover, device, factor }, context);
      },
    },

    methods: async (tenantId) => {
      const { policy } = await policies.current(tenantId);
      const usable = (await providers.list(tenantId)).filter(({ enabled, settings }) => enabled && isAllowed(settings.kind, policy));
      return usable.map(({ id, name, settings }) => ({ id, kind: settings.kind, name }));
    },

    pages: {
      oidc: async (callback, address) => {
        const state = callback.searchParams.get('state') ?? '';
        const login = await logins.find(state);
        if (login === null || login.checks.kind !== 'oidc') throw externalExpired();
        const { checks } = login;
        const here = new URL(`${oidcUri()}${callback.search}`);
        return conclude(state, login, address, async (provider) => {
          if (provider.settings.kind !== 'oidc') throw externalExpired();
          return finishOidc({ ...provider, settings: provider.settings }, here, state, checks);
        });
      },
      saml: async (form, address) => {
        const state = form.get('RelayState') ?? '';
        const login = await logins.find(state);
        if (login === null || login.checks.kind !== 'saml') throw externalExpired();
        return conclude(state, login, address, async (provider) => {
          if (provider.settings.kind !== 'saml') throw externalExpired();
          return finishSaml({ ...provider, settings: provider.settings }, samlUri(), samlRequests, form.get('SAMLResponse') ?? '');
        });
      },
    },
  };
}
