import type { Mutation, MutationResult, Node } from '#shared/model/drive.ts';
import { foldedName } from '#shared/model/node-name.ts';
import { numberedName } from '#shared/model/numbered-name.ts';
import { newId, type AccountContext } from './context.ts';
import { mutate } from './mutate.ts';

/** How often a name that was taken meanwhile is tried with the next number. */
const mostTries = 20;

/**
 * Copies nodes into a folder, each under its own name or, where that is taken, the first free one of `name (2)`, `name (3)` …
 * as the server numbers them itself. Results come in the order of `nodes`.
 */
export async function copyInto(
  account: AccountContext,
  nodes: readonly Pick<Node, 'id' | 'name'>[],
  spaceId: string,
  folderId: string,
): Promise<MutationResult[]> {
  const taken = new Set(account.listings.all(folderId).map(({ name }) => foldedName(name)));
  const results: MutationResult[] = [];
  let waiting = nodes.map((node, index) => ({ node, index, number: 1 }));
  for (let tries = 0; waiting.length > 0 && tries < mostTries; tries += 1) {
    const mutations = waiting.map((item): Mutation => {
      const name = freeName(item, taken);
      taken.add(foldedName(name));
      return { key: newId(account.host), kind: 'copy', id: newId(account.host), nodeId: item.node.id, parentId: folderId, name };
    });
    const answers = await mutate(account, spaceId, mutations);
    for (const [place, answer] of answers.entries()) results[waiting[place]!.index] = answer;
    waiting = waiting.filter((_, place) => {
      const answer = answers[place];
      return answer?.kind === 'conflict' && answer.reason === 'name_taken';
    });
  }
  return results;
}

/** Counts `item.number` up to the first name that is not known to be taken. */
function freeName(item: { readonly node: Pick<Node, 'name'>; number: number }, taken: ReadonlySet<string>): string {
  for (;;) {
    const name = item.number === 1 ? item.node.name : numberedName(item.node.name, item.number);
    item.number += 1;
    if (!taken.has(foldedName(name))) return name;
  }
}
