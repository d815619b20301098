import { uuidv7 } from '#shared/base/uuid.ts';
import type { InputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { Mutation, MutationResult } from '#shared/model/drive.ts';
import { numberedName } from '#shared/model/numbered-name.ts';
import { messageFile } from '../content/find-file.ts';
import type { Inspector } from '../content/inspection/inspector.ts';
import type { RequestContext, Services } from '../context.ts';
import { mutateSpace } from './mutate.ts';

const mostTries = 20;

/**
 * Puts a file of a message into Drive without sending a byte (TLK-26), under a free name where its own is taken. Both services' rules on files
 * hold (FIL-03). With an `id` it is put there once, however often it is asked for. Throws `not_found` for a file or space that the asker may not see, `denied` where Talk's rules keep the file from them.
 */
export async function saveFromTalk(
  services: Services & { readonly inspector: Inspector },
  context: RequestContext,
  { spaceId, parentId, messageId, fileId }: InputOf<ServerContract, 'drive.saveFromMessage'>,
  id?: string,
): Promise<MutationResult> {
  const { database, clock, random } = services;
  const { name, content } = await messageFile(database, context, messageId, fileId);
  const { tenantId, member, policy } = context;
  const author = { tenantId, memberId: member.id, policy, at: clock.now() };
  const newId = (): string => uuidv7(clock.now(), random(10));
  const create = async (as: string): Promise<MutationResult> => {
    const { contentHash, sizeBytes, chunks } = content;
    const mutation: Mutation = {
      key: newId(),
      kind: 'create_file',
      id: id ?? newId(),
      parentId,
      name: as,
      through: 'talk',
      content: { contentHash, sizeBytes, chunks, modifiedAt: clock.now(), executable: false },
    };
    const { results } = await mutateSpace(services, author, spaceId, [mutation]);
    return results[0]!;
  };
  let result = await create(name);
  for (let number = 2; number <= mostTries && result.kind === 'conflict' && result.reason === 'name_taken'; number += 1) {
    result = await create(numberedName(name, number));
  }
  return result;
}
