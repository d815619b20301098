import type { Database } from '../context.ts';

/** How long a hold lasts unless it is taken again, in milliseconds: a process that died holds nothing for long. */
const holdMs = 600_000;
/** While a backup runs, no pack is removed. Each one has a hold of its own: this, a colon, and an id. */
export const backupHold = 'backup';
/** One collection at a time. */
export const collectHold = 'collect';

/** Takes a hold, or makes one's own last longer. False when somebody else has it. */
export async function takeHold(database: Database, name: string, now: number, own: boolean, forMs = holdMs): Promise<boolean> {
  const row = { name, until: now + forMs };
  const taken = await database
    .insertInto('holds')
    .values(row)
    .onConflict((conflict) => {
      const replaced = conflict.column('name').doUpdateSet({ until: row.until });
      return own ? replaced : replaced.where('holds.until', '<=', now);
    })
    .returning('name')
    .executeTakeFirst();
  return taken !== undefined;
}

export async function dropHold(database: Database, name: string): Promise<void> {
  await database.deleteFrom('holds').where('name', '=', name).execute();
}

/** Whether anybody holds it, by itself or by an id of their own. */
export async function isHeld(database: Database, name: string, now: number): Promise<boolean> {
  const rows = await database.selectFrom('holds').select('name').where('until', '>', now).execute();
  return rows.some((row) => row.name === name || row.name.startsWith(`${name}:`));
}
