import { connect } from '#shared/contract/operation.ts';
import { tenant } from '#shared/contract/tenant.ts';
import { Cursor, type Node } from '#shared/model/drive.ts';
import type { Transport } from '#shared/client/transport.ts';
import { remoteRow } from './rows.ts';
import type { StateStore } from './state-store.ts';

/** `reset`: the server was restored from a backup. Absence proves nothing then: what was agreed on is forgotten, both sides are united. */
export type Pulled = 'nothing' | 'changes' | 'reset';

/**
 * Takes in what changed on the server since the kept cursor. All pages and the new cursor are written in one transaction: a listing that
 * breaks off changes nothing. Throws when the server cannot be reached or refuses.
 */
export async function pull(transport: Transport, store: StateStore, spaceId: string): Promise<Pulled> {
  const server = connect(tenant, transport.call);
  const kept = store.meta('cursor');
  const cursor = kept === null ? null : Cursor.parse(JSON.parse(kept));
  const { remote, synced } = store.counts();
  // The first listing may be of a million files: it is taken in page by page, in a transaction that ends with the last one.
  const isFirst = cursor === null && remote + synced === 0;
  if (isFirst) store.commit();
  const nodes: Node[] = [];
  let after: string | undefined;
  let reset = false;
  let changed = false;
  for (;;) {
    const asked = server['drive.changes']({ spaceId, cursor, ...(after === undefined ? {} : { after }) });
    const page = await asked.catch((error: unknown) => {
      if (isFirst) store.rollback();
      throw error;
    });
    if (page.reset && !reset) nodes.length = 0;
    reset ||= page.reset;
    if (isFirst && !reset) changed = take(store, page.nodes, false) || changed;
    else nodes.push(...page.nodes);
    if (page.complete) {
      if (!isFirst || reset) changed = take(store, nodes, reset || cursor === null) || changed;
      store.setMeta('cursor', JSON.stringify(page.cursor));
      store.commit();
      return reset ? 'reset' : changed ? 'changes' : 'nothing';
    }
    after = page.after;
  }
}

/** Up to where the server's changes were seen when the plan was made. Answers to our own mutations do not raise it: they may tell of what was not. */
export function seenSequence(store: StateStore): number {
  const kept = store.meta('cursor');
  return kept === null ? 0 : Cursor.parse(JSON.parse(kept)).sequence;
}

function take(store: StateStore, nodes: readonly Node[], whole: boolean): boolean {
  if (whole) {
    store.remote.clear();
    // Nothing that was agreed on with a server of another time may look like a deletion.
    const [top] = nodes.filter(({ parentId }) => parentId === null);
    for (const id of [...store.synced.keys()]) if (id !== top?.id) store.synced.delete(id);
  }
  let changed = false;
  for (const node of nodes) {
    const before = store.remote.get(node.id);
    if (before !== undefined && before.sequence >= node.sequence) continue;
    // A tombstone of what was never here has nothing to say.
    if (node.trashed && before === undefined && !store.synced.has(node.id) && !store.local.has(node.id)) continue;
    changed = true;
    store.remote.put(remoteRow(node));
  }
  return changed;
}
