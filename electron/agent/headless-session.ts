import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Clock } from '#shared/base/clock.ts';
import type { Transport } from '#shared/client/transport.ts';
import { connect } from '#shared/contract/operation.ts';
import { tenant } from '#shared/contract/tenant.ts';
import { type Identity } from '#shared/contract/login.ts';
import type { ClientKind } from '#shared/model/policy.ts';
import { deviceKey, localKey } from './account-keys.ts';
import { fileSecrets } from './host/file-secrets.ts';
import { keytarSecrets } from './host/keytar-secrets.ts';
import { nodeClock, nodeRandom } from './host/node-clock.ts';
import { memorySecrets, type Secrets } from './host/secrets.ts';
import { deviceName, loginSession, type GivenCode } from './open-session.ts';
import { openNamedDatabase, type Database } from './store/database.ts';
import { nodeHttp, type NodeHttpOptions } from './transport/http.ts';
import { serverUrl } from './transport/server-url.ts';

export interface HeadlessOptions extends NodeHttpOptions {
  readonly server: string;
  readonly member: string;
  readonly password: string;
  /** For accounts with two-step verification. */
  readonly given?: GivenCode;
  readonly kind: ClientKind;
  readonly version: string;
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
  /** Ends the session on the server, as far as it can be reached. */
  close(): Promise<void>;
}

/** Logs in as one named device: keychain if there is one, else the key file, else for this run only. */
export async function openHeadlessSession(options: HeadlessOptions): Promise<HeadlessSession> {
  const url = serverUrl(options.server);
  const member = options.member.trim().toLowerCase();
  const accountId = createHash('sha256').update(`${url}\n${member}\n${options.kind}`).digest('hex').slice(0, 32);
  const secrets = await chooseSecrets(options);
  const http = nodeHttp(options);
  const session = await loginSession(
    {
      url,
      key: await deviceKey(secrets, accountId),
      http,
      clock: nodeClock,
      version: options.version,
      // A headless program logs in anew each time: no session is kept.
      save: async () => {},
      onEnded: () => {},
    },
    { member, password: options.password, kind: options.kind, ...(options.given === undefined ? {} : { given: options.given }) },
  );
  const persistent = options.state !== undefined && (await secrets.available());
  const folder = persistent ? path.join(options.state!, accountId) : null;
  const key = await localKey(secrets, accountId, session.identity.databaseKey, nodeRandom);
  return {
    accountId,
    transport: session.transport,
    identity: session.identity,
    deviceName: deviceName(),
    clock: nodeClock,
    random: nodeRandom,
    folder,
    persistent,
    openDatabase: (name) => openNamedDatabase(folder, name, key),
    close: async () => {
      await connect(tenant, session.transport.call)
        ['session.end']({})
        .catch(() => {
          // The session ends by itself; whether the server heard it now changes nothing here.
        });
      http.close();
    },
  };
}

async function chooseSecrets(options: HeadlessOptions): Promise<Secrets> {
  if (options.keyFile !== undefined) return fileSecrets(options.keyFile);
  return (await keytarSecrets()) ?? memorySecrets();
}
