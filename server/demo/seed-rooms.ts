import { assert } from '#shared/base/assert.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { Schema } from '../store/schema.ts';
import { rowBatches } from '../content/batches.ts';
import { endingOf } from '../content/judge.ts';
import { addToScope } from '../content/reach.ts';
import { chunksOf } from '../content/stored-content.ts';
import { addMembers } from '../talk/people.ts';
import { directKey } from '../talk/create-room.ts';
import type { StoredFile } from '../talk/rows.ts';
import type { Contents } from './seed-content.ts';
import type { Seeding } from './seed-people.ts';
import type { DemoMessage, DemoRoom } from './types.ts';

/** Writes down what was said in three weeks, as the rows that saying it would have left. */
export async function seedRooms(seeding: Seeding, contents: Contents): Promise<void> {
  const { services, tenantId, company } = seeding;
  await services.database.transaction().execute(async (transaction) => {
    let change = 0;
    for (const room of company.rooms) {
      change += 1;
      const roomId = uuidv7(room.createdAt, services.random(10));
      const people = room.memberIds.map((id) => seeding.memberIds.get(id)!);
      const messages = room.messages.map((message, index) =>
        messageRow(seeding, contents, { room, roomId, message, index, change: change + index + 1 }),
      );
      await transaction
        .insertInto('rooms')
        .values({
          tenant_id: tenantId,
          id: roomId,
          kind: room.kind,
          name: room.name,
          direct_key: room.kind === 'direct' || room.kind === 'self' ? directKey(people) : null,
          last_sequence: 0,
          change,
          created_at: room.createdAt,
          member_count: 0,
          first_members: '[]',
        })
        .execute();
      await addMembers(transaction, tenantId, { id: roomId, lastSequence: 0 }, people, change);
      for (const rows of rowBatches(messages)) await transaction.insertInto('messages').values(rows).execute();
      change += messages.length + 1;
      const now = { last_sequence: messages.length, change };
      await transaction.updateTable('rooms').set(now).where('tenant_id', '=', tenantId).where('id', '=', roomId).execute();
      for (const [memberId, read] of room.readCounts) {
        await transaction
          .updateTable('memberships')
          .set({ last_read_sequence: read, change })
          .where('tenant_id', '=', tenantId)
          .where('room_id', '=', roomId)
          .where('member_id', '=', seeding.memberIds.get(memberId)!)
          .execute();
      }
      for (const rows of rowBatches(unseenMentions(seeding, room, messages)))
        await transaction.insertInto('mentions').values(rows).execute();
      const files = messages.flatMap(({ files: json }) => JSON.parse(json) as StoredFile[]);
      const chunks = files.flatMap((file) => chunksOf(file).map(({ hash }) => ({ hash, ending: endingOf(file.name) })));
      await addToScope(transaction, tenantId, roomId, chunks);
    }
    await transaction.updateTable('tenants').set({ talk_change: change }).where('id', '=', tenantId).execute();
  });
}

interface Place {
  readonly room: DemoRoom;
  readonly roomId: string;
  readonly message: DemoMessage;
  readonly index: number;
  readonly change: number;
}

function messageRow({ services, tenantId, memberIds }: Seeding, contents: Contents, place: Place): Schema['messages'] {
  const { room, roomId, message, index, change } = place;
  const id = uuidv7(message.sentAt, services.random(10));
  const files: StoredFile[] = [];
  if (message.attachment !== null) {
    const content = contents.get(message.attachment);
    assert(content !== undefined, 'every attachment was stored before its message');
    files.push({ id: `${id}-0`, name: message.attachment.name, ...content });
  }
  const mentioned = message.mentions === 'all' ? room.memberIds.filter((member) => member !== message.authorId) : message.mentions;
  return {
    tenant_id: tenantId,
    id,
    room_id: roomId,
    sequence: index + 1,
    sender_id: memberIds.get(message.authorId)!,
    text: message.text,
    files: JSON.stringify(files),
    mentions: JSON.stringify(mentioned.map((member) => memberIds.get(member)!)),
    sent_at: message.sentAt,
    change,
    notice: null,
  };
}

function unseenMentions({ tenantId, memberIds }: Seeding, room: DemoRoom, messages: readonly Schema['messages'][]): Schema['mentions'][] {
  const read = new Map([...room.readCounts].map(([member, count]) => [memberIds.get(member)!, count]));
  return messages.flatMap((message) =>
    (JSON.parse(message.mentions) as string[])
      .filter((member) => member !== message.sender_id && (read.get(member) ?? Number.POSITIVE_INFINITY) < message.sequence)
      .map((member) => ({ tenant_id: tenantId, member_id: member, room_id: message.room_id, sequence: message.sequence })),
  );
}
