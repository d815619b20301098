import type { Database } from '../../context.ts';
import { endingOf } from '../judge.ts';
import { scopeOfNodes } from '../scopes.ts';
import type { Bytes } from '../stored-content.ts';

/** A content that something refers to, the scope that it belongs to, and the ending of its file's name. */
export interface Reference {
  /** What refers to it, for people: `node`, `version` or `message` and its id. */
  readonly from: string;
  readonly content: Bytes;
  readonly scopeId: string;
  readonly ending: string;
}

const sliceRows = 100;

/**
 * Everything in a tenant that refers to content, slice by slice. What is current comes before what is earlier: a content that is replaced
 * meanwhile is seen in one place or the other.
 */
export async function* references(database: Database, tenantId: string): AsyncGenerator<Reference[]> {
  yield* ofNodes(database, tenantId);
  yield* ofVersions(database, tenantId);
  yield* ofMessages(database, tenantId);
}

async function* ofNodes(database: Database, tenantId: string): AsyncGenerator<Reference[]> {
  for (let after = ''; ;) {
    const rows = await database
      .selectFrom('nodes')
      .select(['id', 'space_id', 'parent_id', 'name', 'content'])
      .where('tenant_id', '=', tenantId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(sliceRows)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
    const files = rows.filter(({ content }) => content !== null);
    const scopes = await scopeOfNodes(database, tenantId, files);
    yield files.map((row) => ({
      from: `node ${row.id}`,
      content: JSON.parse(row.content!) as Bytes,
      scopeId: scopes.get(row.id)!,
      ending: endingOf(row.name),
    }));
  }
}

async function* ofVersions(database: Database, tenantId: string): AsyncGenerator<Reference[]> {
  for (let [node, version] = ['', 0]; ;) {
    const rows = await database
      .selectFrom('versions')
      .innerJoin('nodes', (join) => join.onRef('nodes.tenant_id', '=', 'versions.tenant_id').onRef('nodes.id', '=', 'versions.node_id'))
      .select(['versions.node_id', 'versions.version', 'versions.content', 'nodes.space_id', 'nodes.parent_id', 'nodes.name'])
      .where('versions.tenant_id', '=', tenantId)
      .where('versions.node_id', '>=', node)
      .where((where) => where.or([where('versions.node_id', '>', node), where('versions.version', '>', version)]))
      .orderBy('versions.node_id')
      .orderBy('versions.version')
      .limit(sliceRows)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    [node, version] = [last.node_id, last.version];
    const places = rows.map((row) => ({ id: row.node_id, space_id: row.space_id, parent_id: row.parent_id }));
    const scopes = await scopeOfNodes(database, tenantId, places);
    yield rows.map((row) => ({
      from: `version ${row.version} of node ${row.node_id}`,
      content: JSON.parse(row.content) as Bytes,
      scopeId: scopes.get(row.node_id)!,
      ending: endingOf(row.name),
    }));
  }
}

async function* ofMessages(database: Database, tenantId: string): AsyncGenerator<Reference[]> {
  for (let after = ''; ;) {
    const rows = await database
      .selectFrom('messages')
      .select(['id', 'room_id', 'files'])
      .where('tenant_id', '=', tenantId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(sliceRows * 4)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
    yield rows.flatMap((row) =>
      (JSON.parse(row.files) as (Bytes & { name: string })[]).map((file) => ({
        from: `message ${row.id}`,
        content: file,
        scopeId: row.room_id,
        ending: endingOf(file.name),
      })),
    );
  }
}
