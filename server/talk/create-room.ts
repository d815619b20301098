import type { InputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { AppError } from '#shared/base/errors.ts';
import { assertNever } from '#shared/base/assert.ts';
import { deny } from '#shared/model/decision.ts';
import type { Room } from '#shared/model/talk.ts';
import { denial } from '#shared/policy/denial.ts';
import type { Database, Services } from '../context.ts';
import { announceFolders, announceTalk, nextChange } from './change.ts';
import { addMembers, requireReachable } from './people.ts';
import { roomFor, type Viewer } from './rooms.ts';

type Draft = InputOf<ServerContract, 'room.create'>;

/**
 * Makes a room (TLK-01), or gives the one that is there: under this id, or between the same two people. Throws `invalid` for members who do not fit
 * the kind, `denied` for kinds that only the server makes, `conflict` for an id that another room has.
 */
export async function createRoom(services: Services, viewer: Viewer, draft: Draft): Promise<Room> {
  const { database, clock } = services;
  const { tenantId, memberId } = viewer;
  const people = [...new Set([memberId, ...draft.memberIds])];
  const { name, directKey } = shapeOf(draft, people);
  await requireReachable(database, tenantId, people);
  const { room, change } = await database.transaction().execute(async (transaction) => {
    const taken = await nextChange(transaction, tenantId);
    const present = await existingRoom(transaction, tenantId, draft.id, directKey);
    if (present !== null) return { room: await ownRoom(transaction, viewer, present), change: null };
    const row = {
      tenant_id: tenantId,
      id: draft.id,
      kind: draft.kind,
      name,
      direct_key: directKey,
      last_sequence: 0,
      change: taken,
      created_at: clock.now(),
      member_count: 0,
      first_members: '[]',
      created_by: draft.kind === 'group' ? memberId : null,
    };
    await transaction.insertInto('rooms').values(row).execute();
    await addMembers(transaction, tenantId, { id: draft.id, lastSequence: 0 }, people, taken);
    return { room: await roomFor(transaction, viewer, draft.id), change: taken };
  });
  if (change !== null) {
    announceTalk(services, tenantId, people, change);
    if (draft.kind === 'group') announceFolders(services, tenantId, people);
  }
  return room;
}

/** What a room of this kind is called and found by. */
function shapeOf(draft: Draft, people: readonly string[]): { name: string | null; directKey: string | null } {
  const wrongPeople = () => new AppError('invalid', `Not the number of members for a room of kind ${draft.kind}`);
  switch (draft.kind) {
    case 'self':
      if (people.length !== 1) throw wrongPeople();
      return { name: null, directKey: directKey(people) };
    case 'direct':
      if (people.length !== 2) throw wrongPeople();
      return { name: null, directKey: directKey(people) };
    case 'group': {
      const name = draft.name?.toWellFormed().replaceAll('\u0000', '').trim() ?? '';
      if (name === '') throw new AppError('invalid', 'A group has a name', { details: { reason: 'name_empty' } });
      return { name, directKey: null };
    }
    case 'organisation':
    case 'service':
      throw denial(deny('permission_missing', 'TLK-02'));
    default:
      return assertNever(draft.kind, 'kind of room');
  }
}

/** By what a room between two people, or to oneself, is found: there is one each. */
export const directKey = (people: readonly string[]): string => people.toSorted().join(' ');

/** The room between these people, else the one of this id. */
async function existingRoom(database: Database, tenantId: string, id: string, key: string | null): Promise<string | null> {
  const rooms = database.selectFrom('rooms').select('id').where('tenant_id', '=', tenantId);
  const between = key === null ? undefined : await rooms.where('direct_key', '=', key).executeTakeFirst();
  return (between ?? (await rooms.where('id', '=', id).executeTakeFirst()))?.id ?? null;
}

async function ownRoom(database: Database, viewer: Viewer, roomId: string): Promise<Room> {
  try {
    return await roomFor(database, viewer, roomId);
  } catch (cause) {
    throw new AppError('conflict', 'Another room has this id', { cause, details: { reason: 'id_taken' } });
  }
}
