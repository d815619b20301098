import { uuidv7 } from '#shared/base/uuid.ts';
import { AppError } from '#shared/base/errors.ts';
import type { FileService } from '#shared/policy/decide-file.ts';
import type { RequestContext, Services } from '../context.ts';
import type { PolicyReader } from '../store/policies.ts';
import { spacePermissions } from './access.ts';
import { listBatches, rowBatches } from './batches.ts';
import { chunksOf, type Bytes } from './stored-content.ts';
import { insertRows } from '../store/prepared.ts';

/** A file that somebody was given. */
export interface Download {
  readonly service: FileService;
  /** The node in Drive, or the message in Talk. */
  readonly itemId: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** What took it, where that is not the session's kind of program: `link` (DRV-14). */
  readonly client?: string;
  /** A picture of it: opened is the file by whoever asks how it can be shown. */
  readonly isPicture?: boolean;
}

/** One download comes in many requests (ranges, packs): within this long it is one line, in milliseconds. */
const onceMs = 600_000;
const mostRemembered = 20_000;
const dayMs = 86_400_000;

/** FIL-07: downloads and views, written down while the rule says so. */
export interface DownloadLog {
  note(context: RequestContext, downloads: readonly Download[]): Promise<void>;
  /**
   * The same for chunks, which bear no names: the asker says which files of Drive they belong to, and gets nothing else. Throws `invalid`
   * where the rule is on and they did not say, or said something else.
   */
  noteChunks(context: RequestContext, hashes: readonly string[], items: readonly string[]): Promise<void>;
  /** FIL-08: removes what is older than each tenant's rule allows. */
  sweep(policies: Pick<PolicyReader, 'current'>): Promise<void>;
}

export function makeDownloadLog({ database, clock, random }: Pick<Services, 'database' | 'clock' | 'random'>): DownloadLog {
  const lately = new Map<string, number>();

  const isNew = (key: string, now: number): boolean => {
    const before = lately.get(key);
    lately.delete(key);
    lately.set(key, now);
    if (lately.size > mostRemembered) lately.delete(lately.keys().next().value!);
    return before === undefined || now - before > onceMs;
  };

  const note = async ({ tenantId, member, session, address, policy }: RequestContext, downloads: readonly Download[]): Promise<void> => {
    if (!policy.files.downloadLog) return;
    const now = clock.now();
    const rows = downloads
      .filter(({ itemId, name }) => isNew(`${session.id} ${itemId} ${name}`, now))
      .map(({ service, itemId, name, sizeBytes, client }) => ({
        tenant_id: tenantId,
        id: uuidv7(now, random(10)),
        at: now,
        member_id: member.id,
        service,
        name,
        size_bytes: sizeBytes,
        item_id: itemId,
        client: client ?? session.kind,
        address,
      }));
    for (const some of rowBatches(rows)) await insertRows(database, 'download_log', some);
  };

  /** The named files of Drive that the asker may see, with every content that they have or had. */
  const filesNamed = async ({ tenantId, member }: RequestContext, items: readonly string[]) => {
    const spaces = await spacePermissions(database, tenantId, member.id);
    const files: { id: string; name: string; contents: Bytes[] }[] = [];
    for (const ids of listBatches([...new Set(items)])) {
      const nodes = await database
        .selectFrom('nodes')
        .select(['id', 'name', 'content', 'space_id'])
        .where('tenant_id', '=', tenantId)
        .where('id', 'in', ids)
        .where('content', 'is not', null)
        .execute();
      const versions = await database
        .selectFrom('versions')
        .select(['node_id', 'content'])
        .where('tenant_id', '=', tenantId)
        .where('node_id', 'in', ids)
        .execute();
      for (const { id, name, content, space_id: spaceId } of nodes) {
        if (!spaces.has(spaceId)) continue;
        const earlier = versions.filter((version) => version.node_id === id).map((version) => version.content);
        files.push({ id, name, contents: [content!, ...earlier].map((text) => JSON.parse(text) as Bytes) });
      }
    }
    return files;
  };

  return {
    note,
    noteChunks: async (context, hashes, items) => {
      if (!context.policy.files.downloadLog) return;
      const files = await filesNamed(context, items);
      const named = new Set(files.flatMap(({ contents }) => contents.flatMap((content) => chunksOf(content).map(({ hash }) => hash))));
      if (hashes.some((hash) => !named.has(hash))) {
        throw new AppError('invalid', 'Downloads are recorded: say which files the chunks belong to', {
          details: { reason: 'download_unnamed' },
        });
      }
      const wanted = new Set(hashes);
      const read = files.filter(({ contents }) => contents.some((content) => chunksOf(content).some(({ hash }) => wanted.has(hash))));
      await note(
        context,
        read.map(({ id, name, contents }) => ({ service: 'drive', itemId: id, name, sizeBytes: contents[0]!.sizeBytes })),
      );
    },
    sweep: async (policies) => {
      const tenants = await database.selectFrom('tenants').select('id').execute();
      for (const { id } of tenants) {
        const { policy } = await policies.current(id);
        await database
          .deleteFrom('download_log')
          .where('tenant_id', '=', id)
          .where('at', '<', clock.now() - policy.files.downloadLogDays * dayMs)
          .execute();
      }
    },
  };
}
