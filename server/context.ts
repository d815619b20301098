import type { Kysely } from 'kysely';
import type { Clock } from '#shared/base/clock.ts';
import type { ServerEvent } from '#shared/contract/events.ts';
import type { MemberState, Role } from '#shared/model/member.ts';
import type { ClientKind, Policy } from '#shared/model/policy.ts';
import type { Schema } from './store/schema.ts';

/** Queries of both databases; drivers are chosen in `server/store`. */
export type Database = Kysely<Schema>;

/** Where packs of chunks lie: a folder, later S3. Keys are our own ids. Written once, then only read or removed. */
export interface BlobStore {
  /** Durable when the promise resolves. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Throws `not_found` for an unknown key; a range past the end is an error too. */
  read(key: string, offset: number, sizeBytes: number): Promise<Uint8Array>;
  remove(key: string): Promise<void>;
}

/** Hints to sockets. `audience` null means every member of the tenant. Losing one is harmless (DESIGN: the database is truth). */
export interface Hint {
  readonly tenantId: string;
  readonly audience: readonly string[] | null;
  readonly event: ServerEvent;
}
export interface EventBus {
  publish(hint: Hint): void;
  subscribe(receiver: (hint: Hint) => void): () => void;
}

/** What every feature is made with. */
export interface Services {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly bus: EventBus;
  readonly clock: Clock;
  /** Cryptographic randomness. */
  random(sizeBytes: number): Uint8Array;
  readonly log: Log;
}
export interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** Who asks, after the gate said yes. Handlers take the tenant and the member only from here. */
export interface RequestContext {
  readonly tenantId: string;
  readonly member: { readonly id: string; readonly memberId: string; readonly role: Role; readonly state: MemberState };
  readonly session: { readonly id: string; readonly kind: ClientKind; readonly deviceId: string };
  readonly address: string;
  readonly clientVersion: string;
  readonly policy: Policy;
  readonly policyRevision: number;
}
