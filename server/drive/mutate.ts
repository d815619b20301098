import { foldedName, nameProblem, normalName } from '#shared/model/node-name.ts';
import type { Mutation, MutationResult } from '#shared/model/drive.ts';
import type { Database, Notify, Services } from '../context.ts';
import { listBatches, rowBatches } from '../content/batches.ts';
import type { Inspector } from '../content/inspection/inspector.ts';
import { reachOf, reachableChunks, type StoredChunk } from '../content/reach.ts';
import type { PlacedPack } from '../content/store-pack.ts';
import { chunksOf, type Bytes } from '../content/stored-content.ts';
import { noteActivities, type Happened } from './activity.ts';
import { applyGuarded } from './apply-guarded.ts';
import { announceChange } from './audience.ts';
import { Batch, type Author } from './batch.ts';
import { contentsOf, copySources } from './copy-sources.ts';
import { spaceRules } from './guard.ts';
import { contentsNamed } from './inspected.ts';
import type { SpaceRow } from './nodes.ts';
import { readableView } from './view.ts';
import { insertRows, prepared } from '../store/prepared.ts';
import { assert } from '#shared/base/assert.ts';

/** What changing drives needs; without `notify` nobody is told that a file of theirs was unlocked. */
export type DriveServices = Services & {
  readonly inspector: Inspector;
  readonly notify?: Notify;
  /** TLK-62: says in a room what was put into its folder. */
  readonly tellRoom?: (
    upload: Pick<Author, 'tenantId' | 'memberId' | 'policy'> & { roomId: string; names: readonly string[] },
  ) => Promise<void>;
};

/**
 * Applies a client's mutations to a space in one transaction, each answering for itself. What was applied is kept under its key: repeating it
 * gives the same answer and changes nothing. Chunks of `arriving`, which the author brings along, become known in the same transaction.
 * Throws `not_found` for a space that the author may not see.
 */
export async function mutateSpace(
  services: DriveServices,
  author: Author,
  spaceId: string,
  mutations: readonly Mutation[],
  arriving?: PlacedPack,
): Promise<{ results: MutationResult[]; sequence: number }> {
  const { database } = services;
  const { space: asked } = await readableView(database, author, spaceId);
  const copies = await copySources(database, author, mutations, services.random);
  const looksInto = services.inspector.looksInto(author.policy);
  const contents = [...(await contentsNamed(database, author.tenantId, asked.id, mutations, looksInto)), ...contentsOf(copies)];
  const chunks = await usableChunks(database, author, contents, arriving?.places);
  // Before the transaction: looking into bytes takes time, and the space must not wait for it.
  const verdict = await services.inspector.inspect(author, 'drive', author.policy, contents, chunks);
  const { results, space, sequence, announcements, crossed, uploads } = await database.transaction().execute(async (transaction) => {
    const locked = await lockSpace(transaction, author.tenantId, asked.id);
    await arriving?.commit(transaction);
    // Who may do what changes only while its maker holds the space: what is read now stays true to the end.
    const view = await readableView(transaction, author, spaceId);
    const foreign = await foreignIds(transaction, author.tenantId, asked.id, mutations);
    const prepared = { chunks, foreignIds: foreign, verdict, copies, notify: services.notify };
    const batch = new Batch(transaction, view, await spaceRules(transaction, author, view), author, prepared);
    const applied = await applyAll(batch, mutations, services.random);
    return {
      results: applied,
      space: locked,
      sequence: batch.tree.sequence,
      announcements: batch.announcements,
      crossed: batch.crossed,
      uploads: batch.uploads,
    };
  });
  for (const announce of announcements) announce();
  if (sequence > space.sequence) await announceChange(services, { ...space, sequence }, { crossed });
  if (space.room_id !== null && space.upload_notices === 1 && uploads.length > 0) {
    const { tenantId, memberId, policy } = author;
    await services.tellRoom?.({ tenantId, memberId, policy, roomId: space.room_id, names: uploads });
  }
  return { results, sequence };
}

/** Takes the space's row for this transaction: whoever else changes the space waits. Both databases lock on a write. */
export async function lockSpace(database: Database, tenantId: string, spaceId: string): Promise<SpaceRow> {
  const [space] = await prepared(
    database,
    'lock space',
    (queries) =>
      queries
        .updateTable('spaces')
        .set(({ ref }) => ({ sequence: ref('sequence') }))
        .where('tenant_id', '=', tenantId)
        .where('id', '=', spaceId)
        .returningAll(),
    [tenantId, spaceId],
  );
  assert(space !== undefined, 'a space that was found is there');
  return space;
}

async function applyAll(batch: Batch, mutations: readonly Mutation[], random: Services['random']): Promise<MutationResult[]> {
  const { database, tree, space } = batch;
  const { tenantId, memberId, at } = batch.author;
  // A request over WebDAV has no key that it could be repeated under: its answers need not be kept.
  const isRepeatable = batch.author.dav === undefined;
  const stored = isRepeatable ? await storedResults(database, batch.author, mutations) : new Map<string, MutationResult>();
  const fresh = mutations.filter(({ key }) => !stored.has(key));
  await readAhead(batch, fresh);
  const answers: { key: string; result: MutationResult }[] = [];
  const results: MutationResult[] = [];
  const happened: Happened[] = [];
  for (const mutation of mutations) {
    const { key } = mutation;
    const known = stored.get(key);
    if (known !== undefined) {
      results.push(known);
      continue;
    }
    const before = 'nodeId' in mutation && mutation.kind !== 'copy' ? await tree.node(mutation.nodeId) : null;
    const result = await batch.guard.result(key, await applyGuarded(batch, mutation));
    results.push(result);
    if (result.kind !== 'applied') continue;
    happened.push({ mutation, before, node: result.node });
    stored.set(key, result);
    answers.push({ key, result });
  }
  await batch.flush();
  await noteActivities(batch, happened, random);
  const rows = (isRepeatable ? answers : []).map(({ key, result }) => ({
    tenant_id: tenantId,
    member_id: memberId,
    key,
    result: JSON.stringify(result),
    at,
  }));
  for (const some of rowBatches(rows)) await insertRows(database, 'mutation_results', some);
  if (tree.sequence > space.sequence) {
    await database
      .updateTable('spaces')
      .set({ sequence: tree.sequence, used_bytes: batch.usedBytes })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', space.id)
      .execute();
  }
  return results;
}

/** Answers that were given before. Conflicts and refusals changed nothing and are judged anew. */
async function storedResults(
  database: Database,
  { tenantId, memberId }: Author,
  mutations: readonly Mutation[],
): Promise<Map<string, MutationResult>> {
  const stored = new Map<string, MutationResult>();
  for (const keys of listBatches(mutations.map(({ key }) => key))) {
    const rows = await prepared(
      database,
      `mutation results ${keys.length}`,
      (queries) =>
        queries
          .selectFrom('mutation_results')
          .select(['key', 'result'])
          .where('tenant_id', '=', tenantId)
          .where('member_id', '=', memberId)
          .where('key', 'in', keys),
      [tenantId, memberId, ...keys],
    );
    for (const row of rows) stored.set(row.key, JSON.parse(row.result) as MutationResult);
  }
  return stored;
}

/** Reads in a few statements what most mutations will ask for one by one. */
async function readAhead({ tree }: Batch, mutations: readonly Mutation[]): Promise<void> {
  const ids = mutations.flatMap((mutation) => [
    ...('id' in mutation ? [mutation.id] : []),
    ...('nodeId' in mutation ? [mutation.nodeId] : []),
    ...('parentId' in mutation ? [mutation.parentId] : []),
  ]);
  await tree.load(ids);
  const names = new Map<string, Set<string>>();
  for (const mutation of mutations) {
    if (!('parentId' in mutation) || (await tree.node(mutation.parentId)) === null) continue;
    const name = normalName(mutation.name);
    if (nameProblem(name) !== null) continue;
    const wanted = names.get(mutation.parentId) ?? new Set();
    wanted.add(foldedName(name));
    names.set(mutation.parentId, wanted);
  }
  for (const [parentId, wanted] of names) await tree.loadNames(parentId, wanted);
}

/** Ids for new nodes that another space's nodes bear already. */
async function foreignIds(database: Database, tenantId: string, spaceId: string, mutations: readonly Mutation[]): Promise<Set<string>> {
  const foreign = new Set<string>();
  for (const ids of listBatches(mutations.flatMap((mutation) => ('id' in mutation ? [mutation.id] : [])))) {
    const rows = await prepared(
      database,
      `foreign ids ${ids.length}`,
      (queries) =>
        queries.selectFrom('nodes').select('id').where('tenant_id', '=', tenantId).where('id', 'in', ids).where('space_id', '!=', spaceId),
      [tenantId, ...ids, spaceId],
    );
    for (const row of rows) foreign.add(row.id);
  }
  return foreign;
}

async function usableChunks(
  database: Database,
  { tenantId, memberId }: Author,
  contents: readonly Bytes[],
  arriving: ReadonlyMap<string, StoredChunk> = new Map(),
): Promise<Map<string, StoredChunk>> {
  const hashes = contents.flatMap((content) => chunksOf(content).flatMap(({ hash }) => (arriving.has(hash) ? [] : [hash])));
  if (hashes.length === 0) return new Map(arriving);
  const found = await reachableChunks(database, tenantId, await reachOf(database, tenantId, memberId), hashes);
  return new Map([...found, ...arriving]);
}
