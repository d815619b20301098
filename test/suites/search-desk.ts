import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import { expect } from 'vitest';
import { encodePack } from '#shared/contract/pack.ts';
import { contentHash, emptyHash } from '#shared/model/content.ts';
import type { Content, Mutation, MutationResult, Node } from '#shared/model/drive.ts';
import { makeDownloadLog } from '../../server/content/download-log.ts';
import { noInspection } from '../../server/content/inspection/inspector.ts';
import { contentRoutes } from '../../server/content/routes.ts';
import type { RequestContext } from '../../server/context.ts';
import { driveHandlers } from '../../server/drive/handlers.ts';
import { makeSearchThread } from '../../server/drive/search-thread.ts';
import type { Asked } from '../../server/drive/search.ts';
import { createSpace } from '../../server/drive/spaces.ts';
import { makeSandbox } from '../../server/sandbox/sandbox.ts';
import { makeSearchIndexer } from '../../server/search/indexer.ts';
import type { TestServices } from '../support/server-services.ts';
import { makeTenant } from './drive-tenant.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const chunkBytes = 4 * 1_048_576;

export const emptyContent: Content = { contentHash: emptyHash, sizeBytes: 0, chunks: null, modifiedAt: 1, executable: false };
export type Draft = Mutation extends infer M ? (M extends { kind: string } ? Omit<M, 'key'> : never) : never;
type SearchInput = Partial<Asked>;

/** A tenant with the Drive, its index and hands to use them. */
export async function searchDesk(made: TestServices, memberIds: readonly string[] = ['sato', 'tanaka', 'suzuki']) {
  const { services } = made;
  const tenant = await makeTenant(services, memberIds);
  const sandbox = makeSandbox(services, path.join(made.folder, 'work'));
  const indexer = makeSearchIndexer(services, sandbox);
  const thread = makeSearchThread(services, indexer);
  const drive = driveHandlers({ ...services, inspector: noInspection });
  const routes = contentRoutes(services, makeDownloadLog(services));

  const space = async (permissions: Record<string, 'edit' | 'read' | 'none'> = { '*': 'edit' }, name = '営業') => {
    const asked = { kind: 'shared', name, ownerId: null, permissions: new Map(Object.entries(permissions)), createdBy: 'sato' } as const;
    const id = (await createSpace(services, tenant.tenantId, asked))!;
    const query = services.database.selectFrom('spaces').select('root_id').where('id', '=', id);
    return { id, rootId: (await query.executeTakeFirstOrThrow()).root_id };
  };
  const run = async (spaceId: string, drafts: readonly Draft[], as = tenant.context('sato')): Promise<Node[]> => {
    const mutations = drafts.map((draft): Mutation => ({ ...draft, key: randomUUID() }));
    const { results } = await drive['drive.mutate']({ spaceId, mutations }, as);
    expect(results.map(({ kind }) => kind)).toEqual(results.map(() => 'applied'));
    return results.map((result) => (result as Extract<MutationResult, { kind: 'applied' }>).node);
  };
  /** Sends bytes, so that they can be committed. */
  const upload = async (bytes: Uint8Array, as = tenant.context('sato')): Promise<Content> => {
    if (bytes.length === 0) return emptyContent;
    const chunks = [];
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      const piece = bytes.subarray(at, at + chunkBytes);
      chunks.push({ hash: sha256(piece), bytes: piece });
    }
    for (const chunk of chunks) {
      const body = encodePack([chunk]) as BodyInit;
      const response = await routes.pack(new Request('http://server/api/content/pack', { method: 'PUT', body }), as, {});
      expect(response.status).toBe(200);
    }
    const list = chunks.map(({ hash, bytes: { length } }) => ({ hash, sizeBytes: length }));
    return {
      contentHash: contentHash(list, sha256),
      sizeBytes: bytes.length,
      chunks: list.length > 1 ? list : null,
      modifiedAt: 1,
      executable: false,
    };
  };
  const search = (text: string, more: SearchInput = {}, as: RequestContext = tenant.context('sato')) =>
    thread.search(as, { text, limit: 30, ...more });

  return {
    tenant,
    drive,
    indexer,
    sandbox,
    space,
    run,
    upload,
    search,
    folder: async (place: { id: string }, name: string, parentId: string) =>
      (await run(place.id, [{ kind: 'create_folder', id: randomUUID(), parentId, name }]))[0]!,
    file: async (place: { id: string; rootId: string }, name: string, bytes: string | Uint8Array = '', parentId = place.rootId) => {
      const content = await upload(Buffer.from(bytes as string));
      return (await run(place.id, [{ kind: 'create_file', id: randomUUID(), parentId, name, content }]))[0]!;
    },
    /** The names that a search gives, in its order. */
    names: async (text: string, more: SearchInput = {}, as?: RequestContext) =>
      (await search(text, more, as)).hits.map(({ node }) => node.name),
    close: async () => void (await Promise.all([thread.close(), sandbox.close()])),
  };
}
export type SearchDesk = Awaited<ReturnType<typeof searchDesk>>;
