import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import type { Database } from '../../context.ts';
import type { Sealer } from '../../store/secrets.ts';

const OidcSettings = z.object({
  kind: z.literal('oidc'),
  issuer: z.string(),
  clientId: z.string(),
  match: z.enum(['preferred_username', 'email', 'sub']),
});
const SamlSettings = z.object({
  kind: z.literal('saml'),
  entryPoint: z.string(),
  certificate: z.string(),
  issuer: z.string(),
  match: z.enum(['nameId', 'email']),
});
export const ProviderSettings = z.discriminatedUnion('kind', [OidcSettings, SamlSettings]);
export type ProviderSettings = z.infer<typeof ProviderSettings>;
export type OidcSettings = z.infer<typeof OidcSettings>;
export type SamlSettings = z.infer<typeof SamlSettings>;

/** An identity provider of a tenant (ACC-26). */
export interface Provider {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly settings: ProviderSettings;
  /** The client's secret at an OIDC provider, or null. */
  readonly secret: string | null;
}

export interface Providers {
  list(tenantId: string): Promise<Provider[]>;
  /** Throws `not_found`. `queries` is the transaction where there is one. */
  find(tenantId: string, id: string, queries?: Database): Promise<Provider>;
  /** Writes a provider, new or changed; a null secret keeps none. */
  put(transaction: Database, provider: Provider, createdAt: number): Promise<void>;
  remove(transaction: Database, tenantId: string, id: string): Promise<boolean>;
}

export function makeProviders(database: Database, sealer: Sealer): Providers {
  const rows = (tenantId: string, queries: Database = database) =>
    queries.selectFrom('identity_providers').selectAll().where('tenant_id', '=', tenantId);
  type Row = Awaited<ReturnType<ReturnType<typeof rows>['execute']>>[number];
  const placeOf = (tenantId: string, id: string): string[] => ['identity provider', tenantId, id];
  const toProvider = (row: Row): Provider => ({
    tenantId: row.tenant_id,
    id: row.id,
    name: row.name,
    enabled: row.enabled !== 0,
    settings: ProviderSettings.parse(JSON.parse(row.settings)),
    secret: row.sealed_secret === null ? null : sealer.open(row.sealed_secret, placeOf(row.tenant_id, row.id)),
  });
  return {
    list: async (tenantId) => (await rows(tenantId).orderBy('name').orderBy('id').execute()).map(toProvider),
    find: async (tenantId, id, queries) => {
      const row = await rows(tenantId, queries).where('id', '=', id).executeTakeFirst();
      if (row === undefined) throw new AppError('not_found', 'No such identity provider', { details: { reason: 'provider_unknown' } });
      return toProvider(row);
    },
    put: async (transaction, { tenantId, id, name, enabled, settings, secret }, createdAt) => {
      const columns = {
        kind: settings.kind,
        name,
        enabled: enabled ? 1 : 0,
        settings: JSON.stringify(settings),
        sealed_secret: secret === null ? null : sealer.seal(secret, placeOf(tenantId, id)),
      };
      await transaction
        .insertInto('identity_providers')
        .values({ tenant_id: tenantId, id, created_at: createdAt, ...columns })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet(columns))
        .execute();
    },
    remove: async (transaction, tenantId, id) => {
      const removed = await transaction
        .deleteFrom('identity_providers')
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .returning('id')
        .executeTakeFirst();
      // Who was linked there is asked for anew should it ever come back.
      await transaction.deleteFrom('linked_identities').where('tenant_id', '=', tenantId).where('provider_id', '=', id).execute();
      return removed !== undefined;
    },
  };
}
