import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Clock } from '#shared/base/clock.ts';
import { AppError, reasonOf } from '#shared/base/errors.ts';
import type { Transport } from '#shared/client/transport.ts';
import { connect } from '#shared/contract/operation.ts';
import { tenant } from '#shared/contract/tenant.ts';
import { type Identity } from '#shared/contract/login.ts';
import type { ClientKind, Policy } from '#shared/model/policy.ts';
import { deviceKey, localKey } from './account-keys.ts';
import { HeadlessFarewell } from './farewell/headless-farewell.ts';
import { fileSecrets } from './host/file-secrets.ts';
import { keytarSecrets } from './host/keytar-secrets.ts';
import { nodeClock, nodeRandom } from './host/node-clock.ts';
import { memorySecrets, type Secrets } from './host/secrets.ts';
import { KeptSessions, type KeptSession } from './kept-session.ts';
import { deviceName, loginSession, resumeSession, type GivenCode, type Session, type SessionOptions } from './open-session.ts';
import { openNamedDatabase, type Database } from './store/database.ts';
import { nodeHttp, type NodeHttpOptions } from './transport/http.ts';
import { serverUrl } from './transport/server-url.ts';
import { systemCertificates } from './transport/system-certificates.ts';

export interface HeadlessOptions extends NodeHttpOptions {
  readonly server: string;
  readonly member: string;
  /** Null where only a kept login is to be taken up. */
  readonly password: string | null;
  /** For accounts with two-step verification. */
  readonly given?: GivenCode;
  readonly kind: ClientKind;
  readonly version: string;
  /** ACC-30: keeps the login for the next run where the rule for this kind of program permits it, and takes up one that was kept. */
  readonly keepLogin?: boolean;
  /** Where secrets lie on a machine without a keychain; mode 0600. */
  readonly keyFile?: string;
  /** Where the account's files lie; without it nothing is kept. */
  readonly state?: string;
}

/** One account, logged in by a program without windows. */
export interface HeadlessSession {
  /** Stands for server and member on this machine; the same in every run. */
  readonly accountId: string;
  readonly transport: Transport;
  readonly identity: Identity;
  readonly deviceName: string;
  readonly clock: Clock;
  random(sizeBytes: number): Uint8Array;
  /** The account's folder for state; null when nothing is kept. */
  readonly folder: string | null;
  /** False when secrets end with the process: then databases are in memory. */
  readonly persistent: boolean;
  /** An encrypted database of this account, by name (`sync` → `sync.db`), in WAL mode; in memory when nothing is kept. */
  openDatabase(name: string): Database;
  /** The rules as heard just now: a login is kept only as long as they permit it, and dropped at once where they do not. */
  keepUnder(policy: Policy): Promise<void>;
  /** The session ended for that reason: folders and state go the way that the rules say (EXP-08, ACC-50, ACC-51). Sync must have ended. */
  leave(reason: string, policy: Policy): Promise<void>;
  /** Writes down where the account's folders are, for the case that nothing of it can be opened one day. */
  remember(policy: Policy): void;
  /** Why the session is over, as far as this program knows; null while it goes on. */
  endedBy(): string | null;
  /** Ends the session on the server, as far as it can be reached; one that is kept goes on with the next run. */
  close(): Promise<void>;
}

/** Takes up a kept login or logs in as one named device: keychain if there is one, else the key file, else for this run only. */
export async function openHeadlessSession(options: HeadlessOptions): Promise<HeadlessSession> {
  const url = serverUrl(options.server);
  const member = options.member.trim().toLowerCase();
  const { kind, version, password, keepLogin: wanted = false, given } = options;
  const accountId = createHash('sha256').update(`${url}\n${member}\n${kind}`).digest('hex').slice(0, 32);
  const secrets = await chooseSecrets(options);
  const available = await secrets.available();
  const keeping = new KeptSessions(async () => ({ secrets, available }));
  const http = nodeHttp({ systemCertificates, ...options });
  const named = { accountId, serverUrl: url, member, deviceName: deviceName(), version, http, secrets };
  const farewell = options.state === undefined ? null : new HeadlessFarewell({ ...named, state: options.state });
  await farewell?.resume();
  let endedBy: string | null = null;
  let isKept = false;
  let latest: KeptSession | null = null;
  const write = (): Promise<boolean> => keeping.put(accountId, () => (isKept ? latest : null));
  const sessionOptions: SessionOptions = {
    ...{ url, http, version, clock: nodeClock, key: await deviceKey(secrets, accountId) },
    save: async (refreshToken, identity) => {
      // The server's part of the database key comes anew with each login that is taken up: it need not lie here.
      latest = { refreshToken, identity: { ...identity, databaseKey: null } };
      if (isKept) await write();
    },
    onEnded: (reason) => {
      endedBy = reason;
      isKept = false;
      if (wanted) void write().catch(() => undefined);
    },
  };

  const takeUp = async (): Promise<(Session & { identity: Identity }) | null> => {
    const kept = wanted ? await keeping.read(accountId) : null;
    if (kept === null) return null;
    isKept = true;
    const session = resumeSession(sessionOptions, kept.refreshToken);
    try {
      return { ...session, identity: await session.tokens.renew() };
    } catch (error) {
      // A session that is over was dropped just now; for anything else the next run may try again.
      if (isKept || password === null) throw error;
      return null;
    }
  };
  const logIn = (): Promise<Session & { identity: Identity }> => {
    if (password === null) throw new AppError('invalid', 'No login is kept for this member here: --password-file is needed');
    return loginSession(sessionOptions, { member, password, kind, ...(given === undefined ? {} : { given }) });
  };
  const refused = async (error: unknown): Promise<never> => {
    const reason = error instanceof AppError ? reasonOf(error) : null;
    if (reason === 'device_wiped' || (reason !== null && reason === endedBy)) await farewell?.leave(reason, null);
    throw error;
  };
  const session = (await takeUp().catch(refused)) ?? (await logIn().catch(refused));
  const persistent = options.state !== undefined && available;
  const folder = persistent ? path.join(options.state!, accountId) : null;
  const key = await localKey(secrets, accountId, session.identity.databaseKey, nodeRandom);
  const openDatabase = (name: string) => openNamedDatabase(folder, name, key);
  return {
    accountId,
    // A sync that runs by itself leaves a server in trouble alone; whoever calls an operation is answered at once.
    transport: kind === 'drive-explorer' ? session.syncTransport : session.transport,
    identity: session.identity,
    deviceName: deviceName(),
    clock: nodeClock,
    random: nodeRandom,
    folder,
    persistent,
    openDatabase,
    endedBy: () => endedBy,
    remember: (policy) => farewell?.remember({ identity: session.identity, policy, openDatabase }),
    leave: async (reason, policy) => farewell?.leave(reason, { identity: session.identity, policy, openDatabase }),
    keepUnder: async (policy) => {
      if (!wanted) return;
      const permitted = kind === 'drive-explorer' ? policy.keepLogin.driveExplorer : policy.keepLogin.pcApp;
      isKept = permitted;
      isKept = await write();
    },
    close: async () => {
      if (!isKept) {
        await connect(tenant, session.transport.call)
          ['session.end']({})
          .catch(() => {
            // The session ends by itself; whether the server heard it now changes nothing here.
          });
      }
      http.close();
    },
  };
}

async function chooseSecrets(options: HeadlessOptions): Promise<Secrets> {
  if (options.keyFile !== undefined) return fileSecrets(options.keyFile);
  return (await keytarSecrets()) ?? memorySecrets();
}
