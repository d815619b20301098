import { mostLocks, type Mutation } from '#shared/model/drive.ts';
import type { Batch } from './batch.ts';
import type { NodeRow } from './nodes.ts';
import { applied, conflict, refused, type Outcome } from './outcome.ts';

type Of<K extends Mutation['kind']> = Extract<Mutation, { kind: K }>;

const hourMs = 3_600_000;
/** Programs lock every file that they open; more than this is one that never unlocks. */
const mostProgramLocks = 1_000;

/** DRV-15: what somebody else holds is not changed; the detail says who. */
export const heldBy = (holder: string | null): Outcome | null => (holder === null ? null : refused('locked', holder));

async function lockable(batch: Batch, nodeId: string): Promise<NodeRow | Outcome> {
  const node = await batch.tree.node(nodeId);
  if (node === null) return conflict('missing', null);
  return node.trashed_at === null ? node : conflict('trashed', node);
}
const isOutcome = (value: NodeRow | Outcome): value is Outcome => !('tenant_id' in value);

/** Holds a file for the author, for as long as the rule says; again, for as long from now on. */
export async function applyLock(batch: Batch, { nodeId, key }: Of<'lock'>): Promise<Outcome> {
  const node = await lockable(batch, nodeId);
  if (isOutcome(node)) return node;
  const { author, locks } = batch;
  const longestMs = author.policy.drive.lockHours * hourMs;
  if (author.dav?.lock !== undefined) return programLock(batch, node, longestMs);
  if (node.kind !== 'file') return refused('not_a_file');
  const covering = await locks.covering(node);
  const other = covering.find((row) => row.member_id !== author.memberId);
  if (other !== undefined) return heldBy(other.member_id)!;
  const own = covering.find((row) => row.kind === 'drive' && row.node_id === node.id);
  if (own === undefined && (await locks.count('drive')) >= mostLocks) return refused('too_many_locks', String(mostLocks));
  const fresh = { token: key, kind: 'drive', shared: 0, deep: 0, owner: '', created_at: author.at };
  return applied(await locks.hold(node, { ...(own ?? fresh), expires_at: author.at + longestMs }));
}

/** RFC 4918, section 6: shared locks bear each other, no other two do. Who asks with the token of a lock of theirs holds it longer. */
async function programLock(batch: Batch, node: NodeRow, longestMs: number): Promise<Outcome> {
  const { author, locks } = batch;
  const { token, shared, deep, owner, lastsMs } = author.dav!.lock!;
  const expires = author.at + Math.min(lastsMs, longestMs);
  const covering = await locks.covering(node);
  const renewed = covering.find((row) => row.token === token && row.member_id === author.memberId);
  if (renewed !== undefined) {
    const held = await batch.tree.node(renewed.node_id);
    return applied(await locks.hold(held!, { ...renewed, expires_at: expires }));
  }
  const below = deep ? await locks.within(node) : [];
  // What the person holds by hand stands in nobody's way but others'.
  const inTheWay = [...covering, ...below].find(
    (row) => !(row.shared === 1 && shared) && !(row.kind === 'drive' && row.member_id === author.memberId),
  );
  if (inTheWay !== undefined) return heldBy(inTheWay.member_id)!;
  if ((await locks.count('dav')) >= mostProgramLocks) return refused('too_many_locks', String(mostProgramLocks));
  const fresh = { token, kind: 'dav', shared: Number(shared), deep: Number(deep), owner, created_at: author.at };
  return applied(await locks.hold(node, { ...fresh, expires_at: expires }));
}

/** Lets a file go, whoever holds it: who may edit may unlock. Whoever held it and did not ask is told. */
export async function applyUnlock(batch: Batch, { nodeId }: Of<'unlock'>): Promise<Outcome> {
  const node = await lockable(batch, nodeId);
  if (isOutcome(node)) return node;
  const { author, locks } = batch;
  const held = (await locks.all()).filter((row) => row.node_id === node.id);
  const wanted = author.dav?.unlock;
  const released = wanted === undefined ? held : held.filter((row) => row.token === wanted);
  if (released.length === 0) return applied(node);
  const state = await locks.release(node, released);
  const others = new Set(released.map((row) => row.member_id).filter((holder) => holder !== author.memberId));
  if (others.size > 0) {
    const facts = { name: node.name, by: author.memberId, byName: await batch.authorName() };
    for (const holder of others) await batch.tell(holder, { kind: 'file_unlocked', facts });
  }
  return applied(state);
}
