import type { Database, Services } from '../../context.ts';
import { announceChange } from '../audience.ts';
import { Locks, type LockRow } from '../locks.ts';
import { lockSpace } from '../mutate.ts';
import type { NodeRow } from '../nodes.ts';
import { Tree } from '../tree.ts';
import { changeDeadProperties, type PropertyChange } from './dead-properties.ts';
import type { Found } from './places.ts';
import type { Writer } from './writer.ts';

/** Every lock of a space that has not run out. */
export const locksOf = (database: Database, tenantId: string, spaceId: string, now: number): Promise<LockRow[]> =>
  database
    .selectFrom('locks')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('space_id', '=', spaceId)
    .where('expires_at', '>', now)
    .orderBy('created_at')
    .orderBy('token')
    .execute();

/** Of these locks, those that hold at the end of a way: what is locked itself, and folders above with everything below them. */
export const locksAtEnd = (locks: readonly LockRow[], way: readonly string[]): LockRow[] =>
  locks.filter((lock) => lock.node_id === way.at(-1) || (lock.deep === 1 && way.includes(lock.node_id)));

/** RFC 4918, section 7.6: a lock does not go along when what it locks is moved. What people hold by hand stays theirs. */
export async function releaseProgramLocks(services: Services, tenantId: string, row: NodeRow): Promise<void> {
  const { database, clock } = services;
  const all = await locksOf(database, tenantId, row.space_id, clock.now());
  if (!all.some(({ kind }) => kind === 'dav')) return;
  const changed = await database.transaction().execute(async (transaction) => {
    const space = await lockSpace(transaction, tenantId, row.space_id);
    const tree = new Tree(transaction, tenantId, space.id, space.sequence);
    const locks = new Locks(transaction, tree, space.id, { tenantId, memberId: '', at: clock.now() });
    for (const held of await locks.within(row)) {
      const node = held.kind === 'dav' ? await tree.node(held.node_id) : null;
      if (node !== null) await locks.release(node, [held]);
    }
    await tree.flush();
    await transaction
      .updateTable('spaces')
      .set({ sequence: tree.sequence })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', space.id)
      .execute();
    return { before: space.sequence, space: { ...space, sequence: tree.sequence } };
  });
  if (changed.space.sequence > changed.before) await announceChange(services, changed.space);
}

/** Changes what programs keep on a node, unless somebody else holds it. Returns the holder, or null when it is done. */
export async function changeProperties(
  { database, clock }: Services,
  { context, tokens }: Writer,
  { row }: Found,
  changes: readonly PropertyChange[],
): Promise<string | null> {
  const { tenantId, member } = context;
  return database.transaction().execute(async (transaction) => {
    const space = await lockSpace(transaction, tenantId, row.space_id);
    const tree = new Tree(transaction, tenantId, space.id, space.sequence);
    const author = { tenantId, memberId: member.id, at: clock.now(), dav: { tokens } };
    const holder = await new Locks(transaction, tree, space.id, author).holderOf(row);
    if (holder === null) await changeDeadProperties(transaction, tenantId, row.id, changes);
    return holder;
  });
}
