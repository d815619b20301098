import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sealedSuffix } from '#shared/model/sealed.ts';
import type { Secrets } from '../../../electron/agent/host/secrets.ts';
import { eventually, startAgent, tempFolder, testKeychain, type TestAgent } from './agent.ts';
import { openedAccount } from './opened-account.ts';
import { demoPassword, type ServerProcess } from './server-process.ts';
import { startSyncParts } from './sync-parts.ts';

const projectRoot = path.resolve(import.meta.dirname, '..', '..', '..');

/** A program with its synced folders, as one that leaves. */
export interface Desk {
  readonly agent: TestAgent;
  readonly sync: ReturnType<typeof startSyncParts>;
  readonly keychain: Secrets;
  readonly profile: string;
  close(): Promise<void>;
}

export async function openDesk(before: { profile?: string; keychain?: Secrets } = {}): Promise<Desk> {
  const { profile = tempFolder('leaving'), keychain = testKeychain() } = before;
  const sync = startSyncParts();
  const agent = await startAgent({ profile, keychain, parts: sync.parts });
  return {
    ...{ agent, sync, keychain, profile },
    close: async () => {
      await agent.close();
      await sync.close();
    },
  };
}

export async function login({ agent }: Desk, server: ServerProcess, member: string): Promise<string> {
  const input = { serverUrl: server.url, member, password: demoPassword, keepLogin: true };
  const { accountId } = await openedAccount(agent.workspace['account.login'](input));
  await eventually('online', async () => {
    const { accounts } = await agent.workspace['account.list']({});
    return accounts.find((account) => account.accountId === accountId)?.connection === 'online';
  });
  await eventually('rooms', async () => (await agent.workspace['room.list']({ accountId })).rooms.length > 0);
  return accountId;
}

/** What a folder was filled with. */
export interface Planted {
  readonly root: string;
  readonly rootId: string;
  /** Files that the server has. */
  readonly sent: ReadonlyMap<string, Buffer>;
  /** Files of which it has nothing, or something older. */
  readonly unsent: ReadonlyMap<string, Buffer>;
  /** What is not the account's, by path. */
  readonly strange: readonly string[];
  /** Where the links in the folder lead: nothing there may ever change. */
  readonly outside: string;
}

/** A synced folder with work that was sent, work that was not, and things that sync never managed. */
export async function plantFolder(desk: Desk, accountId: string, token: string): Promise<Planted> {
  const spaces = async () => (await desk.agent.workspace['drive.spaces']({ accountId })).spaces;
  const mine = await eventually('my drive', async () => (await spaces()).find(({ kind }) => kind === 'my'));
  const root = realpathSync(tempFolder('root'));
  const rootId = await desk.sync.service.addRoot(accountId, { spaceId: mine.id, folder: root });
  const engine = desk.sync.service.engine(rootId);
  await eventually('in step', () => engine.inStep);
  const put = (name: string, text: string): Buffer => {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
    return Buffer.from(text);
  };
  const folder = '資料';
  const sent = new Map([
    [`${folder}/${token}送った.txt`, put(`${folder}/${token}送った.txt`, `${token} sent`)],
    [`${folder}/${token}深い/中.txt`, put(`${folder}/${token}深い/中.txt`, `${token} deep`)],
  ]);
  put(`${folder}/${token}書きかけ.txt`, `${token} first`);
  engine.nudge();
  // What was read in the moment it was written is read once more.
  const isSettled = () => engine.inStep && [...engine.store.local.values()].every(({ racy }) => !racy);
  await eventually('sent', () => {
    if (isSettled() && engine.report.counts.uploaded >= 3) return true;
    if (engine.inStep) engine.nudge();
    return false;
  });
  desk.sync.service.setPaused(rootId, true);
  await eventually('paused', () => !engine.working);
  const unsent = new Map([
    [`${folder}/${token}書きかけ.txt`, put(`${folder}/${token}書きかけ.txt`, `${token} the edit that nobody has`)],
    [`${folder}/${token}新しい.txt`, put(`${folder}/${token}新しい.txt`, `${token} new`)],
  ]);
  put('desktop.ini', 'not ours');
  const outside = tempFolder('outside');
  writeFileSync(path.join(outside, '外.txt'), 'outside');
  symlinkSync(outside, path.join(root, '外へ'));
  symlinkSync(path.join(outside, '外.txt'), path.join(root, folder, '外のファイル'));
  return { root, rootId, sent, unsent, strange: ['desktop.ini', '外へ', `${folder}/外のファイル`], outside };
}

/** Paths of all that lies in a folder but folders; links are not followed. */
export function pathsIn(folder: string, inside = ''): string[] {
  return readdirSync(path.join(folder, inside), { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? pathsIn(folder, path.join(inside, entry.name)) : [path.join(inside, entry.name)]))
    .sort();
}

/** Whatever lies in a folder, and in what folders and files are called. */
export function readable(folder: string): Buffer {
  if (!existsSync(folder)) return Buffer.alloc(0);
  const paths = pathsIn(folder);
  const files = paths.map((at) => path.join(folder, at)).filter((at) => lstatSync(at).isFile());
  return Buffer.concat([Buffer.from(paths.join('\n')), ...files.map((at) => readFileSync(at))]);
}

export interface Unsealed {
  readonly path: string;
  readonly kind: string;
  readonly bytes: Buffer;
}

/** Opens all that a program sealed, by the server's own command, beside the running server. */
export function unseal(server: ServerProcess, tenant: string, profile: string): Unsealed[] {
  const sealed = path.join(profile, 'sealed');
  if (!existsSync(sealed)) return [];
  const files = pathsIn(sealed).map((file) => path.join(sealed, file));
  for (const file of files) if (!file.endsWith(sealedSuffix)) throw new Error(`${file} is no sealed file`);
  const out = tempFolder('unsealed');
  const args = ['server/main.ts', 'unseal', '--data', server.data, '--tenant', tenant, '--out', out, ...files];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: projectRoot, encoding: 'utf8' });
  if (status !== 0) throw new Error(`unseal: ${stdout}${stderr}`);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { path: string; kind: string; place: string });
  return lines.map(({ path: shown, kind, place }) => ({ path: shown, kind, bytes: readFileSync(place) }));
}
