import type { Services } from '../context.ts';

/** A secret of this server, 32 bytes, made when it is first asked for. All nodes on one database share it. */
export async function serverSecret({ database, random }: Pick<Services, 'database' | 'random'>, name: string): Promise<Buffer> {
  const value = Buffer.from(random(32)).toString('base64url');
  await database
    .insertInto('server_secrets')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const row = await database.selectFrom('server_secrets').select('value').where('name', '=', name).executeTakeFirstOrThrow();
  return Buffer.from(row.value, 'base64url');
}
