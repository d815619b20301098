import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import { connect } from '#shared/contract/operation.ts';
import type { SyncKeep } from '#shared/contract/sync-keeping.ts';
import { tenant } from '#shared/contract/tenant.ts';
import type { Space } from '#shared/model/drive.ts';
import { settings } from '#shared/model/settings.ts';
import { openHeadlessSession, type HeadlessSession } from '../headless-session.ts';
import { readPasswordFile, requireOptions } from '../host/command-line.ts';
import { nodeClock } from '../host/node-clock.ts';
import { ownVersion } from '../host/own-version.ts';
import type { NodeHttpOptions } from '../transport/http.ts';
import { Line } from '../transport/line.ts';
import { isMeteredNetwork } from '../transport/metered.ts';
import { HeadlessAccount } from './headless-account.ts';
import { applyKeeping, driveFolderAt, enrolRun, keepOption, statesText, type KeepArguments } from './command-keeping.ts';
import { openUsable } from './open-usable.ts';
import { RootEngine } from './root-engine.ts';
import { RootList } from './root-list.ts';
import type { RootRecord } from './root-record.ts';
import { issuesOf } from './root-view.ts';
import { defaultWatching } from './watch.ts';
import { threadWorkshop } from './workshop.ts';

export const usage = `Usage: npm run --silent agent -- sync --server URL --member M --password-file F --space NAME --dir DIR
         [--drive-folder PATH] [--keep always|online_only] [--always PATH]... [--free PATH]... [--states PATH]
         [--keep-login] [--state DIR] [--key-file F] [--once] [--json] [--proxy URL] [--trust FILE]
         [--upload-limit KIB] [--download-limit KIB] [--full-speed HH:MM-HH:MM] [--also-metered]

Keeps a folder in step with a Drive space. --space takes a name or an id. --once ends when both are in step (what rules leave out is listed
as skipped): exit code 0, or 1 when they could not get there; else it goes on until it is ended (SIGHUP: it looks at everything now, and
tells when that is done). --state keeps what was agreed on between
runs (encrypted; its key lies in the keychain, or in --key-file). --keep-login keeps the login there too, where the company's rules permit
it: the next run needs no --password-file, and the login is dropped as soon as they no longer do.

--drive-folder syncs only that folder of the space. --keep says what becomes of files that nobody decided on: always (they come down) or online_only
(they stay on the server); it is remembered with --state. --always and --free decide for a file or folder, with all in it, and --states lists
how what lies in a folder stands; their paths are those on the server, below the synced folder, and / is that folder itself.

https goes through --proxy (http://[user:password@]host:port), else through the proxy that HTTPS_PROXY and NO_PROXY name; servers are trusted by
the system's certificates and by those of --trust (PEM). Limits are in KiB a second for each way and do not hold at --full-speed; networks
that are paid by volume are waited out, unless --also-metered.

--json prints one line for each time the
folder came to rest:
  {"uploaded":0,"downloaded":0,"deleted":0,"moved":0,"conflicts":[],"skipped":[{"path":"","reason":""}],"requests":0,
   "bytesUp":0,"bytesDown":0,"seconds":0,"maxRssMiB":0}`;

/** How long `--once` waits for a server that does not answer, in milliseconds. */
const patience = 120_000;
const lookMilliseconds = 20;
const idleMilliseconds = 600_000;

export interface SyncReport {
  readonly uploaded: number;
  readonly downloaded: number;
  readonly deleted: number;
  readonly moved: number;
  readonly conflicts: readonly string[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly requests: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly seconds: number;
  readonly maxRssMiB: number;
  /** Why nothing goes on; absent when all is well. */
  readonly halted?: string;
}

/** Runs `agent sync`; resolves with the exit code. Throws `AppError` for wrong usage and for a login that is refused. */
export async function syncCommand(args: readonly string[], ended: AbortSignal): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      server: { type: 'string' },
      member: { type: 'string' },
      'password-file': { type: 'string' },
      space: { type: 'string' },
      dir: { type: 'string' },
      state: { type: 'string' },
      'key-file': { type: 'string' },
      'drive-folder': { type: 'string' },
      keep: { type: 'string' },
      always: { type: 'string', multiple: true, default: [] },
      free: { type: 'string', multiple: true, default: [] },
      states: { type: 'string' },
      'keep-login': { type: 'boolean', default: false },
      proxy: { type: 'string' },
      trust: { type: 'string' },
      'upload-limit': { type: 'string', default: '0' },
      'download-limit': { type: 'string', default: '0' },
      'full-speed': { type: 'string', default: '' },
      'also-metered': { type: 'boolean', default: false },
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const { state, once, json, 'key-file': keyFile, 'keep-login': keepLogin, 'password-file': passwordFile } = values;
  const { server, member, space, dir } = requireOptions(values, ['server', 'member', 'space', 'dir'], usage);
  const { always, free, states, 'drive-folder': driveFolder } = values;
  const keep = keepOption(values.keep);
  if (!keepLogin) requireOptions(values, ['password-file'], usage);
  const session = await openHeadlessSession({
    server,
    member,
    password: passwordFile === undefined ? null : readPasswordFile(passwordFile),
    keepLogin,
    kind: 'drive-explorer',
    version: ownVersion(),
    ...wayOf(values),
    ...(state === undefined ? {} : { state: resolve(state) }),
    ...(keyFile === undefined ? {} : { keyFile }),
  });
  try {
    return await syncFolder(session, { space, driveFolder, keep, keeping: { always, free, states }, dir: resolve(dir), once, json, ended });
  } finally {
    await session.close();
  }
}

interface WayArguments {
  readonly proxy?: string | undefined;
  readonly trust?: string | undefined;
  readonly 'upload-limit': string;
  readonly 'download-limit': string;
  readonly 'full-speed': string;
  readonly 'also-metered': boolean;
}

/** How the network is reached, and how much of it is taken. Throws `invalid` for what is no limit, no hours or no file. */
function wayOf(values: WayArguments): NodeHttpOptions {
  const wanted = z
    .object({
      uploadLimitKiB: z.coerce.number().pipe(settings.uploadLimitKiB.schema),
      downloadLimitKiB: z.coerce.number().pipe(settings.downloadLimitKiB.schema),
      fullSpeedHours: settings.fullSpeedHours.schema,
    })
    .safeParse({
      uploadLimitKiB: values['upload-limit'],
      downloadLimitKiB: values['download-limit'],
      fullSpeedHours: values['full-speed'],
    });
  if (!wanted.success) throw new AppError('invalid', `${z.prettifyError(wanted.error)}\n\n${usage}`);
  const pace = new Line({ clock: nodeClock, isMetered: isMeteredNetwork });
  pace.configure({ ...wanted.data, pauseOnMetered: !values['also-metered'] });
  return {
    pace,
    ...(values.proxy === undefined ? {} : { proxyUrl: values.proxy }),
    ...(values.trust === undefined ? {} : { extraRootCertificates: readFileSync(values.trust, 'utf8') }),
  };
}

interface FolderOptions {
  readonly space: string;
  readonly driveFolder: string | undefined;
  readonly keep: SyncKeep | undefined;
  readonly keeping: KeepArguments;
  readonly dir: string;
  readonly once: boolean;
  readonly json: boolean;
  readonly ended: AbortSignal;
}

async function syncFolder(session: HeadlessSession, options: FolderOptions): Promise<number> {
  const account = new HeadlessAccount(session);
  const { spaces } = await connect(tenant, session.transport.call)['drive.spaces']({});
  await account.readPolicy();
  const space = chooseSpace(spaces, options.space);
  mkdirSync(options.dir, { recursive: true });
  const topId = options.driveFolder === undefined ? space.rootId : await driveFolderAt(account, space, options.driveFolder);
  let record: RootRecord = {
    ...recordOf(session, space, realpathSync(options.dir), topId),
    drivePath: options.driveFolder,
    keep: options.keep,
  };
  const leave = await enrolRun(account, session.persistent);
  if (session.persistent) {
    const list = openUsable(account, 'sync', (database) => new RootList(database));
    record = { ...record, keep: options.keep ?? list.all().find(({ rootId }) => rootId === record.rootId)?.keep };
    list.put(record);
    list.close();
    session.remember(account.policy());
  }
  const workshop = threadWorkshop(new URL('./sync-worker.ts', import.meta.url));
  const report = (error: unknown) =>
    void process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  const host = { clock: session.clock, random: session.random, report };
  let rest: () => void = () => undefined;
  const engine = new RootEngine(record, { account, host, workshop, watch: defaultWatching, onChange: () => rest() });
  engine.report.writable = space.permission === 'edit';
  const unwatch = account.watch((happening) => {
    if (happening.type === 'drive.changed' && happening.spaceId === space.id) engine.remoteHint();
    if (happening.type === 'connection' && happening.state === 'online') engine.online();
  });
  let isOver = false;
  let endedBy: string | null = null;
  let told = '';
  const look = (): void => {
    told = '';
    engine.nudge();
  };
  if (!options.once) process.on('SIGHUP', look);
  if (!options.once)
    account.listen(
      () => engine.nudge(),
      (reason) => {
        endedBy = reason;
        isOver = true;
      },
    );
  options.ended.addEventListener('abort', () => rest());
  const started = performance.now();
  engine.start();
  let code = 0;
  let isDecided = false;
  for (;;) {
    await new Promise<void>((resolve) => {
      // Told already and at rest: nothing is looked at before something happens.
      const isIdle = engine.inStep && told !== '';
      const cancel = session.clock.after(isIdle ? idleMilliseconds : lookMilliseconds, resolve);
      rest = () => {
        if (!isIdle && !engine.inStep && !options.ended.aborted) return;
        cancel();
        resolve();
      };
    });
    const stuck = isStuck(engine, performance.now() - started);
    if (engine.inStep && !isDecided) {
      isDecided = true;
      await applyKeeping(engine, options.keeping, (line) => void process.stderr.write(line));
      continue;
    }
    if (engine.inStep || stuck) {
      const line = reportOf(engine, (performance.now() - started) / 1000);
      const { seconds: _seconds, requests: _requests, maxRssMiB: _rss, ...facts } = line;
      if (JSON.stringify(facts) !== told) {
        tell(line, options.json);
        if (options.keeping.states !== undefined) process.stdout.write(statesText(engine, options.keeping.states, options.json));
      }
      told = JSON.stringify(facts);
      code = engine.inStep ? 0 : 1;
      if (options.once) break;
    }
    if (options.ended.aborted || isOver) break;
  }
  process.off('SIGHUP', look);
  unwatch();
  account.close();
  await leave();
  await engine.stop();
  await workshop.close();
  const reason = endedBy ?? session.endedBy();
  if (reason !== null) await session.leave(reason, account.policy());
  return code;
}

/** Nothing more will happen by itself soon: what is left needs a person, or the server is away for too long. */
function isStuck(engine: RootEngine, elapsed: number): boolean {
  if (engine.working) return false;
  if (engine.halted !== null || engine.connection === 'logged_out') return true;
  if (engine.connection !== 'online') return elapsed > patience;
  const failures = engine.failures?.all ?? [];
  return engine.plan !== null && failures.length > 0 && failures.every(({ quiet }) => !quiet);
}

function chooseSpace(spaces: readonly Space[], wanted: string): Space {
  const name = wanted.normalize('NFC');
  const found = spaces.filter((space) => space.id === wanted || space.name.normalize('NFC') === name);
  if (found.length === 1) return found[0]!;
  const names = spaces.map((space) => space.name).join(', ');
  throw new AppError(
    'invalid',
    found.length === 0 ? `No space ${wanted}. There are: ${names}` : `Several spaces are called ${wanted}: use the id`,
  );
}

/** The pair has the same id in every run, so that a lost state finds its folder again. */
function recordOf(session: HeadlessSession, space: Space, folder: string, topId: string): RootRecord {
  const pair = [session.accountId, space.id, folder, ...(topId === space.rootId ? [] : [topId])].join('\n');
  const rootId = createHash('sha256').update(pair).digest('hex').slice(0, 32);
  return { rootId, spaceId: space.id, spaceName: space.name, topId, folder, paused: false };
}

function reportOf(engine: RootEngine, seconds: number): SyncReport {
  const { report, traffic } = engine;
  const issues = issuesOf(engine, 0);
  return {
    ...report.counts,
    conflicts: issues.flatMap(({ kind, otherPath }) => (kind === 'conflict' && otherPath !== null ? [otherPath] : [])),
    skipped: issues.filter(({ kind }) => kind === 'skipped' || kind === 'failed').map(({ path, reason }) => ({ path, reason })),
    ...traffic,
    seconds: Math.round(seconds * 1000) / 1000,
    maxRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    ...(engine.halted === null ? {} : { halted: engine.halted }),
  };
}

function tell(line: SyncReport, json: boolean): void {
  if (json) return void process.stdout.write(`${JSON.stringify(line)}\n`);
  const { uploaded, downloaded, deleted, moved, seconds, halted } = line;
  const done = `${uploaded} sent, ${downloaded} fetched, ${deleted} deleted, ${moved} moved in ${seconds} s`;
  process.stdout.write(`${halted === undefined ? 'In step' : `Stopped: ${halted}`}: ${done}\n`);
  for (const name of line.conflicts) process.stdout.write(`  conflict: ${name}\n`);
  for (const { path, reason } of line.skipped) process.stdout.write(`  skipped: ${path} (${reason})\n`);
}
