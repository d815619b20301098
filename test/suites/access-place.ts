import { createHash, randomUUID } from 'node:crypto';
import { contentHash } from '#shared/model/content.ts';
import type { Content, Mutation, MutationResult, Permission } from '#shared/model/drive.ts';
import { encodePack } from '#shared/contract/pack.ts';
import { appendAudit } from '../../server/audit/append.ts';
import { makeDownloadLog } from '../../server/content/download-log.ts';
import { contentHandlers } from '../../server/content/handlers.ts';
import { noInspection } from '../../server/content/inspection/inspector.ts';
import { contentRoutes } from '../../server/content/routes.ts';
import type { RequestContext } from '../../server/context.ts';
import { accessHandlers } from '../../server/drive/access-handlers.ts';
import { driveHandlers } from '../../server/drive/handlers.ts';
import { sharedDriveHandlers } from '../../server/drive/shared-drive-handlers.ts';
import { createSpace } from '../../server/drive/spaces.ts';
import type { TestServices } from '../support/server-services.ts';
import { makeTenant } from './drive-tenant.ts';

/** A mutation without what every mutation has. */
export type Draft = Mutation extends infer M ? (M extends { kind: string } ? Omit<M, 'key'> : never) : never;

export const textOf = (text: string): { bytes: Uint8Array; content: Content } => {
  const bytes = new TextEncoder().encode(text);
  const hash = createHash('sha256').update(bytes).digest('hex');
  const chunks = [{ hash, sizeBytes: bytes.length }];
  const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
  return {
    bytes,
    content: { contentHash: contentHash(chunks, sha256), sizeBytes: bytes.length, chunks: null, modifiedAt: 1, executable: false },
  };
};

/** What happened to a call or mutation, in one word. */
export type Fate = 'done' | 'refused' | 'hidden';

export function fateOf(result: MutationResult): string {
  if (result.kind === 'applied') return 'done';
  if (result.kind === 'refused') return result.reason === 'permission_missing' ? 'refused' : result.reason;
  if (result.kind === 'conflict' && (result.reason === 'missing' || result.reason === 'parent_missing') && result.node === null)
    return 'hidden';
  return result.kind === 'conflict' ? result.reason : result.kind;
}

export async function fate(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'done';
  } catch (error) {
    const { code, details } = error as { code?: string; details?: { reason?: string } };
    if (code === 'not_found') return 'hidden';
    if (details?.reason === 'permission_missing') return 'refused';
    return details?.reason ?? code ?? String(error);
  }
}

/** A tenant with everything that a member can ask of the Drive, called as the gate would. */
export async function accessPlace(made: TestServices, people: readonly string[]) {
  const { services } = made;
  const tenant = await makeTenant(services, people);
  const audit = appendAudit(services.clock);
  const drive = driveHandlers({ ...services, inspector: noInspection });
  const access = accessHandlers(services, { audit, linksOff: async () => undefined });
  const console = sharedDriveHandlers(services, { audit, linksOff: async () => undefined });
  const routes = contentRoutes(services, makeDownloadLog(services));
  const contents = contentHandlers(services);
  const as = (who: string): RequestContext => tenant.context(who);

  const mutate = async (who: string, spaceId: string, drafts: readonly Draft[]): Promise<MutationResult[]> => {
    const mutations = drafts.map((draft): Mutation => ({ ...draft, key: randomUUID() }));
    return (await drive['drive.mutate']({ spaceId, mutations }, as(who))).results;
  };
  return {
    tenant,
    drive,
    access,
    console,
    routes,
    contents,
    as,
    mutate,
    one: async (who: string, spaceId: string, draft: Draft): Promise<MutationResult> => (await mutate(who, spaceId, [draft]))[0]!,
    /** A shared drive; who is named after `masters` is one. */
    shared: async (permissions: Readonly<Record<string, Permission>>, masters: readonly string[]) => {
      const id = (await createSpace(services, tenant.tenantId, {
        kind: 'shared',
        name: '営業',
        ownerId: null,
        permissions: new Map(Object.entries(permissions)),
        masters: new Set(masters),
        createdBy: masters[0]!,
      }))!;
      const query = services.database.selectFrom('spaces').select('root_id').where('id', '=', id);
      return { id, rootId: (await query.executeTakeFirstOrThrow()).root_id };
    },
    /** Somebody's own drive. */
    my: async (who: string) => {
      const { spaces } = await drive['drive.spaces']({}, as(who));
      const { id, rootId } = spaces.find(({ kind }) => kind === 'my')!;
      return { id, rootId };
    },
    spaces: async (who: string) => (await drive['drive.spaces']({}, as(who))).spaces,
    folder: async (who: string, spaceId: string, parentId: string, name: string): Promise<string> => {
      const id = randomUUID();
      const [result] = await mutate(who, spaceId, [{ kind: 'create_folder', id, parentId, name }]);
      if (result!.kind !== 'applied') throw new Error(`${name}: ${JSON.stringify(result)}`);
      return id;
    },
    /** Sends bytes and puts them into a file. */
    file: async (who: string, spaceId: string, parentId: string, name: string, text: string): Promise<string> => {
      const { bytes, content } = textOf(text);
      const pack = encodePack([{ hash: content.contentHash, bytes }]);
      await routes.pack(new Request('http://server/api/content/pack', { method: 'PUT', body: pack as BodyInit }), as(who), {});
      const id = randomUUID();
      const [result] = await mutate(who, spaceId, [{ kind: 'create_file', id, parentId, name, content }]);
      if (result!.kind !== 'applied') throw new Error(`${name}: ${JSON.stringify(result)}`);
      return id;
    },
    /** Says who may do what in a folder. */
    restrict: async (who: string, folderId: string, rules: Readonly<Record<string, Permission>> | null) => {
      const members = rules === null ? null : Object.entries(rules).map(([member, permission]) => ({ member, permission }));
      return (await access['drive.setPermissions']({ folderId, members }, as(who))).node;
    },
    names: async (who: string, folderId: string) => (await drive['drive.children']({ folderId }, as(who))).nodes.map(({ name }) => name),
    bytes: (who: string, nodeId: string) => routes.file(new Request(`http://server/api/files/${nodeId}/content`), as(who), { nodeId }),
    /** Whether somebody gets a chunk by its hash alone, and whether they are told that it is there. */
    byHash: async (who: string, hash: string) => ({
      read: (
        await routes.read(
          new Request('http://server/api/content/read', { method: 'POST', body: JSON.stringify({ hashes: [hash] }) }),
          as(who),
          {},
        )
      ).status,
      missing: (await contents['content.missing']({ hashes: [hash] }, as(who))).missing.length === 1,
    }),
  };
}
