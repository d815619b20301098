import type { Services } from '../../context.ts';
import type { SamlRequests } from './saml.ts';

/** Requests that wait for their answer, in the database: any node may get the answer. They end with the login they belong to. */
export const samlRequests = ({ database, clock }: Pick<Services, 'database' | 'clock'>): SamlRequests => ({
  saveAsync: async (id, value) => {
    const createdAt = clock.now();
    await database.insertInto('saml_requests').values({ id, value, created_at: createdAt }).execute();
    await database
      .deleteFrom('saml_requests')
      .where('created_at', '<', createdAt - 600_000)
      .execute();
    return { createdAt, value };
  },
  getAsync: async (id) => {
    const row = await database.selectFrom('saml_requests').select('value').where('id', '=', id).executeTakeFirst();
    return row?.value ?? null;
  },
  removeAsync: async (id) => {
    if (id === null) return null;
    const row = await database.deleteFrom('saml_requests').where('id', '=', id).returning('id').executeTakeFirst();
    return row?.id ?? null;
  },
});
