import { uuidv7 } from '#shared/base/uuid.ts';
import { noticeText, noticeTexts } from '#shared/model/notice-texts.ts';
import { serviceSenderId, type KnownNotice } from '#shared/model/notice.ts';
import { languageOf } from '../store/language.ts';
import type { Database, Notify, Services } from '../context.ts';
import { announceTalk, nextChange } from './change.ts';
import { addMembers } from './people.ts';

/** By what a member's room of notices is found: there is one each. Ids of members have no space. */
const roomKey = (memberId: string): string => `${serviceSenderId} ${memberId}`;

/** What the service tells members (TLK-01, ACC-09, ACC-27): a message in a room of their own, which is made at the first notice. */
export function makeNotify(services: Services): Notify {
  const { clock, random } = services;

  const roomOf = async (
    transaction: Database,
    tenantId: string,
    memberId: string,
    { name, change }: { readonly name: string; readonly change: number },
  ): Promise<string> => {
    const present = await transaction
      .selectFrom('rooms')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('direct_key', '=', roomKey(memberId))
      .executeTakeFirst();
    if (present !== undefined) return present.id;
    const id = uuidv7(clock.now(), random(10));
    await transaction
      .insertInto('rooms')
      .values({
        tenant_id: tenantId,
        id,
        kind: 'service',
        name,
        direct_key: roomKey(memberId),
        last_sequence: 0,
        change,
        created_at: clock.now(),
        member_count: 0,
        first_members: '[]',
      })
      .execute();
    await addMembers(transaction, tenantId, { id, lastSequence: 0 }, [memberId], change);
    return id;
  };

  return async (transaction, tenantId, memberId, notice: KnownNotice) => {
    const change = await nextChange(transaction, tenantId);
    const { profile } = await transaction
      .selectFrom('members')
      .select('profile')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', memberId)
      .executeTakeFirstOrThrow();
    const language = languageOf(profile);
    const roomId = await roomOf(transaction, tenantId, memberId, { name: noticeTexts[language].noticeRoom, change });
    const { last_sequence: sequence } = await transaction
      .updateTable('rooms')
      .set(({ eb }) => ({ last_sequence: eb('last_sequence', '+', 1), change }))
      .where('tenant_id', '=', tenantId)
      .where('id', '=', roomId)
      .returning('last_sequence')
      .executeTakeFirstOrThrow();
    await transaction
      .insertInto('messages')
      .values({
        tenant_id: tenantId,
        id: uuidv7(clock.now(), random(10)),
        room_id: roomId,
        sequence,
        sender_id: serviceSenderId,
        text: noticeText(notice, language),
        files: '[]',
        mentions: '[]',
        sent_at: clock.now(),
        change,
        notice: JSON.stringify(notice),
      })
      .execute();
    return () => announceTalk(services, tenantId, [memberId], change);
  };
}
