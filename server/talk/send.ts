import type { ServerContract } from '#shared/contract/server.ts';
import type { InputOf } from '#shared/contract/operation.ts';
import { AppError } from '#shared/base/errors.ts';
import { nameProblem, normalName } from '#shared/model/node-name.ts';
import type { Message } from '#shared/model/talk.ts';
import { denial } from '#shared/policy/denial.ts';
import type { Database, RequestContext, Services } from '../context.ts';
import { rowBatches } from '../content/batches.ts';
import type { Inspector } from '../content/inspection/inspector.ts';
import { endingOf, judgeFile } from '../content/judge.ts';
import { addToScope, reachOf, reachableChunks } from '../content/reach.ts';
import { touchChunks } from '../content/touch-chunks.ts';
import { chunksOf, isWhole, normalContent } from '../content/stored-content.ts';
import { announceTalk, membersIn, nextChange } from './change.ts';
import { ownMembership } from './rooms.ts';
import { toMessage, type StoredFile } from './rows.ts';

type Draft = InputOf<ServerContract, 'message.send'>;
/** Who sends, and the rules on files that hold for them. */
export type Sender = Pick<RequestContext, 'tenantId' | 'policy'> & { readonly member: Pick<RequestContext['member'], 'id'> };

/**
 * Sends a message; sending the same id again gives the one that is there. Throws `not_found` for a room the sender is not in, `denied` where a rule
 * stops a file (FIL-01, FIL-09), `conflict` with `missing_chunks` where bytes have to be sent first or with `id_taken` for somebody else's id.
 */
export async function sendMessage(services: Services & { readonly inspector: Inspector }, context: Sender, draft: Draft): Promise<Message> {
  const { database, clock } = services;
  const { tenantId, member } = context;
  const there = await sentBefore(database, context, draft.id);
  if (there !== null) return there;
  await ownMembership(database, { tenantId, memberId: member.id }, draft.roomId);
  // PostgreSQL cannot hold NUL in texts.
  const text = draft.text.toWellFormed().replaceAll('\u0000', '');
  if (text.trim() === '' && draft.files.length === 0) throw new AppError('invalid', 'A message has a text or files');
  const files = await checkedFiles(services, context, draft);
  const sent = await database.transaction().execute(async (transaction) => {
    const change = await nextChange(transaction, tenantId);
    const repeated = await sentBefore(transaction, context, draft.id);
    if (repeated !== null) return { message: repeated, people: null };
    await ownMembership(transaction, { tenantId, memberId: member.id }, draft.roomId);
    const { last_sequence: sequence, kind } = await transaction
      .updateTable('rooms')
      .set(({ eb }) => ({ last_sequence: eb('last_sequence', '+', 1), change }))
      .where('tenant_id', '=', tenantId)
      .where('id', '=', draft.roomId)
      .returning(['last_sequence', 'kind'])
      .executeTakeFirstOrThrow();
    if (kind === 'service') throw new AppError('denied', 'Only the service writes here', { details: { reason: 'room_service' } });
    const people = await membersIn(transaction, tenantId, draft.roomId);
    const mentions = [...new Set(draft.mentions)].filter((id) => people.includes(id));
    const row = {
      tenant_id: tenantId,
      id: draft.id,
      room_id: draft.roomId,
      sequence,
      sender_id: member.id,
      text,
      files: JSON.stringify(files),
      mentions: JSON.stringify(mentions),
      sent_at: clock.now(),
      change,
    };
    await transaction.insertInto('messages').values(row).execute();
    await advanceOwn(transaction, context, draft.roomId, sequence, change);
    const marks = mentions.filter((id) => id !== member.id);
    const mentionRows = marks.map((memberId) => ({ tenant_id: tenantId, member_id: memberId, room_id: draft.roomId, sequence }));
    for (const rows of rowBatches(mentionRows)) await transaction.insertInto('mentions').values(rows).execute();
    const chunks = files.flatMap((file) => chunksOf(file).map(({ hash }) => ({ hash, ending: endingOf(file.name) })));
    await touchChunks(
      transaction,
      tenantId,
      chunks.map(({ hash }) => hash),
      clock.now(),
    );
    await addToScope(transaction, tenantId, draft.roomId, chunks);
    return { message: toMessage(row), people };
  });
  if (sent.people !== null) announceTalk(services, tenantId, sent.people, sent.message.change);
  return sent.message;
}

async function sentBefore(database: Database, { tenantId, member }: Sender, id: string): Promise<Message | null> {
  const row = await database.selectFrom('messages').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id).executeTakeFirst();
  if (row === undefined) return null;
  if (row.sender_id !== member.id)
    throw new AppError('conflict', 'Somebody else sent a message of this id', { details: { reason: 'id_taken' } });
  return toMessage(row);
}

/** Writing is reading: the sender has seen what stands before their own message. */
async function advanceOwn(
  transaction: Database,
  { tenantId, member }: Sender,
  roomId: string,
  sequence: number,
  change: number,
): Promise<void> {
  await transaction
    .updateTable('memberships')
    .set({ last_read_sequence: sequence, change })
    .where('tenant_id', '=', tenantId)
    .where('room_id', '=', roomId)
    .where('member_id', '=', member.id)
    .execute();
  await transaction
    .deleteFrom('mentions')
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', member.id)
    .where('room_id', '=', roomId)
    .execute();
}

/** The files of a message as they are kept, once names, rules and bytes were checked. */
async function checkedFiles(
  { database, inspector }: Services & { readonly inspector: Inspector },
  { tenantId, member, policy }: Sender,
  draft: Draft,
): Promise<StoredFile[]> {
  if (draft.files.length === 0) return [];
  for (const { name, sizeBytes, through } of draft.files) {
    const problem = nameProblem(normalName(name));
    if (problem !== null)
      throw new AppError('invalid', 'A file has a name that cannot be', { details: { reason: problem, subject: name } });
    const decision = judgeFile('talk', name, sizeBytes, policy, through);
    if (decision.effect === 'deny') throw denial(decision, { name });
  }
  const broken = draft.files.find((file) => !isWhole(file));
  const mismatch = (name: string) =>
    new AppError('invalid', 'Hash, size and chunks do not agree', { details: { reason: 'content_mismatch', subject: name } });
  if (broken !== undefined) throw mismatch(broken.name);
  const chunks = draft.files.flatMap((file) => chunksOf(file).map((chunk) => ({ ...chunk, name: file.name })));
  const found = await reachableChunks(
    database,
    tenantId,
    await reachOf(database, tenantId, member.id),
    chunks.map(({ hash }) => hash),
  );
  const missing = [...new Set(chunks.filter(({ hash }) => !found.has(hash)).map(({ hash }) => hash))];
  if (missing.length > 0) {
    throw new AppError('conflict', `${missing.length} chunks have to be sent first`, {
      details: { reason: 'missing_chunks', hashes: missing },
    });
  }
  const wrong = chunks.find(({ hash, sizeBytes }) => found.get(hash)!.sizeBytes !== sizeBytes);
  if (wrong !== undefined) throw mismatch(wrong.name);
  const verdict = await inspector.inspect({ tenantId, memberId: member.id }, 'talk', policy, draft.files, found);
  for (const file of draft.files) {
    const decision = verdict(file.name, file, file.through);
    if (decision.effect === 'deny') throw denial(decision, { name: file.name });
  }
  return draft.files.map((file, index) => {
    const { sizeBytes, contentHash, chunks: list } = normalContent(file);
    return { id: `${draft.id}-${index}`, name: normalName(file.name), sizeBytes, contentHash, chunks: list };
  });
}
