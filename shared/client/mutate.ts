import { assertNever } from '#shared/base/assert.ts';
import { AppError } from '#shared/base/errors.ts';
import type { Mutation, MutationResult, Node } from '#shared/model/drive.ts';
import { mostMutations } from '#shared/model/drive.ts';
import type { AccountContext } from './context.ts';

/** Carries out changes in one space; each answers for itself, in order. */
export async function mutate(account: AccountContext, spaceId: string, mutations: readonly Mutation[]): Promise<MutationResult[]> {
  const results: MutationResult[] = [];
  for (let from = 0; from < mutations.length; from += mostMutations) {
    const answer = await account.server['drive.mutate']({ spaceId, mutations: mutations.slice(from, from + mostMutations) });
    results.push(...answer.results);
    account.listings.applyOwn(answer.results.flatMap((result) => (result.kind === 'applied' ? [result.node] : [])));
  }
  return results;
}

/** The node of an applied change, or the failure that the result stands for. */
export function applied(result: MutationResult | undefined): Node {
  if (result === undefined) throw new AppError('unavailable', 'The server did not answer for this change');
  switch (result.kind) {
    case 'applied':
      return result.node;
    case 'conflict':
      throw new AppError('conflict', `Conflict: ${result.reason}`, { details: { reason: result.reason, subject: result.node?.name } });
    case 'refused':
      throw new AppError('denied', `Refused: ${result.reason}`, { details: { reason: result.reason, subject: result.detail } });
    case 'missing_chunks':
      throw new AppError('conflict', 'Bytes are missing on the server', { details: { reason: 'missing_chunks' } });
    default:
      return assertNever(result, 'mutation result');
  }
}
