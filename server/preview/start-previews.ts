import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { listBatches } from '../content/batches.ts';
import type { Database, Services } from '../context.ts';
import type { DownloadLog } from '../content/download-log.ts';
import { findProgram } from '../sandbox/fence.ts';
import { makeSandbox } from '../sandbox/sandbox.ts';
import type { Sandbox } from '../sandbox/job.ts';
import { openCache } from './cache.ts';
import { previewHandlers } from './handlers.ts';
import { makePreviews, type Previews } from './previews.ts';
import { previewRoutes } from './routes.ts';

export interface PreviewSettings {
  /** Where pictures are kept and files are taken apart. */
  readonly folder: string;
  /** How much of pictures is kept; 2 GiB unless given. */
  readonly mostBytes?: number;
  /** LibreOffice's path; looked for on PATH unless given, null for none. */
  readonly officeProgram?: string | null;
}

const usualBytes = 2 * 1_024 ** 3;
/** Pictures that nobody asked for in so many days go. */
const keptDays = 30;

export interface RunningPreviews {
  readonly sandbox: Sandbox;
  readonly previews: Previews;
  readonly handlers: ReturnType<typeof previewHandlers>;
  readonly routes: ReturnType<typeof previewRoutes>;
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** Which of these chunks are stored. */
async function livingChunks(database: Database, tenantId: string, hashes: readonly string[]): Promise<ReadonlySet<string>> {
  const living = new Set<string>();
  for (const some of listBatches(hashes)) {
    const rows = await database.selectFrom('chunks').select('hash').where('tenant_id', '=', tenantId).where('hash', 'in', some).execute();
    for (const { hash } of rows) living.add(hash);
  }
  return living;
}

/** Makes previews and the sandbox that they are made in. Without settings everything is in a temporary folder that goes at the end. */
export async function startPreviews(
  services: Pick<Services, 'blobs' | 'clock' | 'database' | 'log' | 'random'>,
  { settings, downloads }: { readonly settings: PreviewSettings | null; readonly downloads: DownloadLog },
): Promise<RunningPreviews> {
  const name = `hikyaku-previews-${Buffer.from(services.random(12)).toString('hex')}`;
  const folder = path.resolve(settings?.folder ?? path.join(os.tmpdir(), name));
  const work = path.join(folder, 'work');
  // What a crash left behind is a file of somebody's: it goes at once, not with the next preview.
  await rm(work, { recursive: true, force: true });
  const sandbox = makeSandbox(services, work);
  const cache = openCache(path.join(folder, 'kept'), settings?.mostBytes ?? usualBytes, services.clock);
  const given = settings?.officeProgram;
  const officeProgram = given === undefined ? await findProgram('soffice') : given;
  const previews = makePreviews(services, { sandbox, cache, officeProgram });
  return {
    sandbox,
    previews,
    handlers: previewHandlers(services, { previews, downloads }),
    routes: previewRoutes(services, { previews, downloads }),
    sweep: () => cache.sweep(keptDays, (tenantId, hashes) => livingChunks(services.database, tenantId, hashes)),
    close: async () => {
      await sandbox.close();
      if (settings === null) await rm(folder, { recursive: true, force: true });
    },
  };
}
