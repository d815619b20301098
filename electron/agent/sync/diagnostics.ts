import { createHmac } from 'node:crypto';
import { arch, freemem, platform, release, totalmem } from 'node:os';
import type { SyncIssue } from '#shared/contract/sync.ts';
import type { EffectiveSetting } from '#shared/model/settings.ts';
import type { RecentErrors } from './recent-errors.ts';
import type { RootEngine } from './root-engine.ts';
import { rootView } from './root-view.ts';
import { queueOf } from './queue.ts';

export interface DiagnosticsParts {
  /** This program's version. */
  readonly version: string;
  /** What is in force and who decided it; empty where nobody knows. */
  readonly settings: () => Promise<Readonly<Record<string, EffectiveSetting>>>;
  readonly engines: () => readonly { readonly accountId: string; readonly engine: RootEngine; readonly issues: readonly SyncIssue[] }[];
  readonly errors: RecentErrors;
  readonly now: () => number;
  readonly random: (sizeBytes: number) => Uint8Array;
}

const mostListed = 500;

/**
 * Everything that helps whoever is asked for help: versions, settings, states, counts and reasons. No contents, no tokens, no addresses with secrets in them.
 * Names of files and folders are replaced by numbers made with a key that is thrown away, unless `names` says otherwise: equal names stay equal within
 * one text, and nobody can tell them by trying.
 */
export async function diagnosticsText(parts: DiagnosticsParts, names: boolean): Promise<{ name: string; text: string }> {
  const at = parts.now();
  const key = parts.random(32);
  const hide = (path: string): string => (names ? path : hiddenPath(key, path));
  const facts = {
    format: 1,
    madeAt: new Date(at).toISOString(),
    program: programFacts(parts.version),
    settings: Object.fromEntries(Object.entries(await parts.settings()).map(([name, setting]) => [name, toldSetting(name, setting)])),
    roots: parts.engines().map(({ accountId, engine, issues }) => rootFacts(engine, accountId, issues, at, hide)),
    errors: parts.errors.all,
  };
  const stamp = new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return { name: `hikyaku-diagnostics-${stamp}.json`, text: `${JSON.stringify(facts, null, 2)}\n` };
}

/** `reports/2026/plan.docx` as `1f0c93a2/77d0c1e4/0b9f22aa.docx`: usual endings stay, since rules are about them. */
export function hiddenPath(key: Uint8Array, path: string): string {
  const hidden = path.split('/').map((name) => {
    if (name === '') return '';
    const digest = createHmac('sha256', key).update(name).digest('hex').slice(0, 8);
    return digest + (/\.[A-Za-z0-9]{1,5}$/.exec(name)?.[0] ?? '');
  });
  return hidden.join('/');
}

function programFacts(version: string) {
  const { node, electron, v8 } = process.versions;
  const { rss, heapUsed } = process.memoryUsage();
  return {
    version,
    node,
    electron: electron ?? null,
    v8,
    platform: platform(),
    release: release(),
    arch: arch(),
    uptimeSeconds: Math.round(process.uptime()),
    rssBytes: rss,
    heapBytes: heapUsed,
    freeMemoryBytes: freemem(),
    memoryBytes: totalmem(),
  };
}

/** Settings whose values name people, places or secrets are told by whether they are set. */
const untold: ReadonlySet<string> = new Set(['extraRootCertificates', 'lastPlace']);

function toldSetting(name: string, { value, source, locked }: EffectiveSetting) {
  if (untold.has(name)) return { value: value === '' ? 'not set' : 'set', source, locked };
  return { value: typeof value === 'string' ? withoutSecrets(value) : value, source, locked };
}

/** An address without the name and password in it, and without what stands behind its path. */
function withoutSecrets(value: string): string {
  if (!URL.canParse(value)) return value.includes('@') ? 'set' : value;
  const url = new URL(value);
  return `${url.protocol}//${url.host}${url.username === '' ? '' : ' (with a login)'}`;
}

function rootFacts(engine: RootEngine, accountId: string, issues: readonly SyncIssue[], now: number, hide: (path: string) => string) {
  const { record, held, report, traffic, timings, sight } = engine;
  const { spaceName: _spaceName, drivePath: _drivePath, folder, ...view } = rootView(engine, accountId, issues);
  const queue = queueOf(engine, now, mostListed);
  const failures = engine.failures?.all ?? [];
  return {
    ...view,
    folder: hide(folder.replaceAll('\\', '/')),
    spaceName: hide(record.spaceName),
    connection: engine.connection,
    volume: held === null ? null : held.context.volume,
    roomBytes: held?.context.disk.roomBytes() ?? null,
    watcher: held === null ? null : held.watching.state,
    timings: {
      ...timings,
      scan: sight.scanMilliseconds,
      sinceScan: sight.scannedAt === null ? null : engine.monotonic() - sight.scannedAt,
    },
    traffic,
    counts: report.counts,
    trees: { local: engine.store.local.size, remote: engine.store.remote.size, synced: engine.store.synced.size },
    unanswered: engine.store.pending.length,
    recoveryBytes: held?.bin.list(0).totalBytes ?? null,
    steps: countBy(engine.plan?.steps ?? [], ({ kind }) => kind),
    skipped: countBy(engine.plan?.skipped ?? [], ({ reason }) => reason),
    issueReasons: countBy(issues, ({ kind, reason }) => `${kind} ${reason}`),
    issuesListed: issues.slice(0, mostListed).map(({ path, kind, reason }) => ({ path: hide(path), kind, reason })),
    failures: failures.slice(0, mostListed).map(({ id, kind, reason, attempts, quiet }) => ({ id, kind, reason, attempts, quiet })),
    queue: { total: queue.total, byState: countBy(queue.items, ({ state, way }) => `${way} ${state}`) },
  };
}

function countBy<T>(rows: readonly T[], keyOf: (row: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[keyOf(row)] = (counts[keyOf(row)] ?? 0) + 1;
  return counts;
}
