import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Clock } from '#shared/base/clock.ts';
import type { NewMessage } from '#shared/client/context.ts';
import type { Files } from '#shared/client/files.ts';
import { workspaceHandlers } from '#shared/client/workspace.ts';
import { connect, serve, type Client } from '#shared/contract/operation.ts';
import { workspace, type Account, type WorkspaceContract, type WorkspaceEvent } from '#shared/contract/workspace.ts';
import { AgentAccounts, type AccountsOptions } from '../../../electron/agent/accounts.ts';
import { ContentStreams } from '../../../electron/agent/content-streams.ts';
import { contentBase } from '../../../electron/agent/content-base.ts';
import { desktopFiles } from '../../../electron/agent/desktop-files.ts';
import { Drags } from '../../../electron/agent/edits/drags.ts';
import { Edits } from '../../../electron/agent/edits/edits.ts';
import { localFiles } from '../../../electron/agent/files/local-files.ts';
import { nodeClock, nodeRandom } from '../../../electron/agent/host/node-clock.ts';
import type { Secrets } from '../../../electron/agent/host/secrets.ts';
import { defaultWatching } from '../../../electron/agent/sync/watch.ts';
import { nodeHttp, type NodeHttp } from '../../../electron/agent/transport/http.ts';

/** A keychain that outlives agents, as the OS's does; tests may look into it. */
export interface TestKeychain extends Secrets {
  readonly entries: Map<string, string>;
}

export function testKeychain(isAvailable = true): TestKeychain {
  const entries = new Map<string, string>();
  const name = (accountId: string, entry: string) => `${accountId}:${entry}`;
  return {
    entries,
    available: async () => isAvailable,
    get: async (accountId, entry) => entries.get(name(accountId, entry)) ?? null,
    set: async (accountId, entry, secret) => void entries.set(name(accountId, entry), secret),
    delete: async (accountId, entry) => void entries.delete(name(accountId, entry)),
  };
}

/** The agent as the app composes it, with a shell that tests can look into. */
export interface TestAgent {
  readonly workspace: Client<WorkspaceContract>;
  readonly accounts: AgentAccounts;
  readonly events: WorkspaceEvent[];
  readonly notified: NewMessage[];
  readonly withdrawn: string[];
  readonly bugs: unknown[];
  readonly drags: Drags;
  readonly streams: ContentStreams;
  /** A handle for a path, as the shell gives one out. */
  handle(place: string): string;
  account(): Promise<Account>;
  close(): Promise<void>;
}

export const tempFolder = (name: string): string => mkdtempSync(path.join(os.tmpdir(), `hikyaku-${name}-`));

export async function startAgent(options: {
  profile: string;
  keychain: Secrets;
  http?: NodeHttp;
  copies?: Pick<Files, 'release' | 'releaseAllBut'>;
  clock?: Clock;
  /** Opens a file in a program of the person's; without it there are no programs. */
  openPlace?(place: string): Promise<void>;
  /** The other parts of an account, such as sync. */
  parts?: Pick<AccountsOptions, 'onOpened' | 'onClosing' | 'onLoggingOut' | 'onPolicy' | 'openUrl'>;
}): Promise<TestAgent> {
  const handles = new Map<string, string>();
  const events: WorkspaceEvent[] = [];
  const notified: NewMessage[] = [];
  const withdrawn: string[] = [];
  const bugs: unknown[] = [];
  const files = localFiles(async (handle) => handles.get(handle) ?? null, options.copies);
  const http = options.http ?? nodeHttp();
  const emit = (event: WorkspaceEvent): void => void events.push(event);
  const report = (bug: unknown): void => void bugs.push(bug);
  const parts = { clock: options.clock ?? nodeClock, random: nodeRandom, emit, report };
  const openPlace = options.openPlace ?? (() => Promise.reject(new Error('There are no programs')));
  const edits = new Edits({ profile: options.profile, host: parts, deviceName: 'PC-1', watch: defaultWatching, openPlace });
  const drags = new Drags(options.profile, parts);
  const accounts = new AgentAccounts({
    profile: options.profile,
    version: '0.1.0',
    keychain: options.keychain,
    http,
    ...options.parts,
    onOpened: (account, waits) => {
      options.parts?.onOpened?.(account, waits);
      edits.opened(account);
    },
    onClosing: async (accountId, why) => {
      await Promise.all([options.parts?.onClosing?.(accountId, why), edits.closing(accountId, why)]);
    },
    onLoggingOut: async (accountId, signal) => {
      await Promise.all([options.parts?.onLoggingOut?.(accountId, signal), edits.sendRest(accountId, signal)]);
    },
    host: {
      ...parts,
      files,
      notify: (message) => void notified.push(message),
      withdraw: (_accountId, roomId) => void withdrawn.push(roomId),
    },
  });
  const info = async () => ({ host: 'app' as const, version: '0.1.0', serverUrl: null, keychain: await accounts.hasKeychain() });
  const answer = serve(
    workspace,
    workspaceHandlers({ accounts, files, info, contentBase, desktop: desktopFiles(edits, drags) }),
    (bug) => void bugs.push(bug),
  );
  const client = connect(workspace, (name, input) => {
    accounts.lookAtClocks();
    return answer(name, input, undefined);
  });
  await accounts.resume();
  return {
    workspace: client,
    accounts,
    events,
    notified,
    withdrawn,
    bugs,
    drags,
    streams: new ContentStreams((accountId) => accounts.list().find((account) => account.accountId === accountId)),
    handle: (place) => {
      const handle = randomUUID();
      handles.set(handle, place);
      return handle;
    },
    account: async () => {
      const [account] = (await client['account.list']({})).accounts;
      if (account === undefined) throw new Error('Nobody is logged in');
      return account;
    },
    close: async () => {
      await accounts.close();
      http.close();
    },
  };
}

/** Waits until `look` gives something that is true; fails with `what` after a while. */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  patienceMs = 15_000,
): Promise<Exclude<T, null | undefined | false>> {
  const end = performance.now() + patienceMs;
  let last: unknown;
  do {
    try {
      const found = await look();
      if (found !== null && found !== undefined && found !== false) return found as Exclude<T, null | undefined | false>;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  } while (performance.now() < end);
  throw new Error(`Waited in vain: ${what}`, { cause: last });
}
