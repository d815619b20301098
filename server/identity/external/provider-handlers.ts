import { AppError } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { IdentityProvider } from '#shared/contract/admin-logins.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { AppendAudit, RequestContext, Services } from '../../context.ts';
import { directoryActs } from '../directory-acts.ts';
import { memberActs } from '../member-acts.ts';
import { configurationOf } from './oidc.ts';
import type { Provider, Providers } from './providers.ts';
import { certificateProblem, wrapped } from './saml.ts';

export type ProviderHandlers = Pick<
  Handlers<ServerContract, RequestContext>,
  | 'identityProvider.list'
  | 'identityProvider.set'
  | 'identityProvider.remove'
  | 'identityProvider.test'
  | 'member.unlinkIdentity'
  | 'member.relinkIdentity'
>;

/** What administrators do with identity providers and with whom they stand for (ACC-25, ACC-26). Secrets go in and never come out. */
export function providerHandlers(
  services: Pick<Services, 'database' | 'clock' | 'random'>,
  { audit, providers, publicUrl }: { readonly audit: AppendAudit; readonly providers: Providers; readonly publicUrl: () => string },
): ProviderHandlers {
  const { database, clock, random } = services;
  const act = directoryActs(services, audit);
  const actOnMember = memberActs(database, audit);

  const shown = ({ id, name, enabled, settings, secret }: Provider): IdentityProvider => ({
    id,
    name,
    enabled,
    redirectUri: `${publicUrl()}/sign-in/${settings.kind}`,
    ...(settings.kind === 'oidc' ? { ...settings, hasSecret: secret !== null } : settings),
  });

  const link =
    (action: string, unlinkedAt: () => number | null): ProviderHandlers['member.unlinkIdentity'] =>
    async ({ member, id }, context) => {
      await actOnMember(context, {
        action,
        target: member,
        acts: ['sessions'],
        run: async (transaction, row) => {
          const changed = await transaction
            .updateTable('linked_identities')
            .set({ unlinked_at: unlinkedAt() })
            .where('tenant_id', '=', context.tenantId)
            .where('member_id', '=', row.id)
            .where('id', '=', id)
            .returning('subject')
            .executeTakeFirst();
          if (changed === undefined) throw new AppError('not_found', 'No such identity', { details: { reason: 'identity_unknown' } });
          return { subject: changed.subject.slice(0, 200) };
        },
      });
      return {};
    };

  return {
    'identityProvider.list': async (_input, { tenantId }) => ({ providers: (await providers.list(tenantId)).map(shown) }),

    'identityProvider.set': async ({ provider: given }, context) => {
      const { tenantId } = context;
      const { value } = await act(context, {
        action: given.id === undefined ? 'identity_provider.create' : 'identity_provider.update',
        asked: given.id ?? given.name,
        run: async (transaction) => {
          const before = given.id === undefined ? null : await providers.find(tenantId, given.id, transaction);
          if (before !== null && before.settings.kind !== given.kind) throw new AppError('invalid', 'A provider keeps its kind');
          const id = before?.id ?? uuidv7(clock.now(), random(10));
          const provider = { tenantId, id, name: given.name, enabled: given.enabled, ...settingsOf(given, before, clock.now()) };
          await providers.put(transaction, provider, clock.now());
          const { secret, ...rest } = provider;
          return { value: shown(provider), target: id, details: { ...rest, hasSecret: secret !== null } };
        },
      });
      return { provider: value };
    },

    'identityProvider.remove': async ({ id }, context) => {
      await act(context, {
        action: 'identity_provider.remove',
        asked: id,
        run: async (transaction) => {
          const { name } = await providers.find(context.tenantId, id, transaction);
          await providers.remove(transaction, context.tenantId, id);
          return { value: null, target: id, details: { name } };
        },
      });
      return {};
    },

    'identityProvider.test': async ({ id }, { tenantId }) => {
      const provider = await providers.find(tenantId, id);
      const problem = await problemOf(provider, clock.now());
      return { ok: problem === null, problem, checkedAt: clock.now() };
    },

    'member.unlinkIdentity': link('member.unlink_identity', () => clock.now()),
    'member.relinkIdentity': link('member.relink_identity', () => null),
  };
}

type Given = Parameters<ProviderHandlers['identityProvider.set']>[0]['provider'];

function settingsOf(given: Given, before: Provider | null, now: number): Pick<Provider, 'settings' | 'secret'> {
  if (given.kind === 'oidc') {
    const { kind, issuer, clientId, match, clientSecret } = given;
    // Left out keeps the one that is there; empty takes it away.
    const secret = clientSecret === undefined ? (before?.secret ?? null) : clientSecret === '' ? null : clientSecret;
    return { settings: { kind, issuer, clientId, match }, secret };
  }
  const { kind, entryPoint, issuer, match } = given;
  const certificate = wrapped(given.certificate);
  const problem = certificateProblem(certificate, now);
  if (problem !== null) {
    throw new AppError('invalid', `The certificate cannot be used: ${problem}`, {
      details: { reason: 'certificate_invalid', subject: problem },
    });
  }
  return { settings: { kind, entryPoint, issuer, match, certificate }, secret: null };
}

async function problemOf(provider: Provider, now: number): Promise<string | null> {
  const { settings } = provider;
  if (settings.kind === 'saml') return certificateProblem(settings.certificate, now);
  try {
    await configurationOf({ ...provider, settings });
    return null;
  } catch (error) {
    return AppError.from(error).message;
  }
}
