import type { Kysely } from 'kysely';
import type { Clock } from '#shared/base/clock.ts';
import type { ServerEvent } from '#shared/contract/events.ts';
import type { MemberState, Role } from '#shared/model/member.ts';
import type { AdminRight } from '#shared/model/rights.ts';
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
  /** Only sockets of this session; for `session.ended`, which is nobody else's business. */
  readonly sessionId?: string;
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

/** What public operations (before login) know about the asker. */
export interface PublicContext {
  readonly address: string;
  /** As the client says; empty when it does not. */
  readonly clientVersion: string;
  /** What the client calls itself (`X-Hikyaku-Kind`), or null: never believed, only compared. */
  readonly claimedKind: string | null;
  /** How the asker proves itself; verified when asked for. Throws `unauthenticated` for a proof that does not hold. */
  prove(): Promise<Proof>;
  /** Gives the browser its cookie with the answer. */
  setCookie(token: string): void;
}
/** `device`: a DPoP key (RFC 9449), by its thumbprint. `browser`: our own page, by Origin and header. */
export type Proof = { readonly kind: 'device'; readonly thumbprint: string } | { readonly kind: 'browser' } | { readonly kind: 'none' };

/** One line for the audit log (ADM-34). `details` holds no secrets. */
export interface AuditRecord {
  readonly actorId: string | null;
  readonly action: string;
  readonly target: string | null;
  readonly result: 'success' | 'failure' | 'denied';
  readonly address: string | null;
  readonly client: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}
/** Appends within the transaction of the act, as its last statement: both happen or neither. */
export type AppendAudit = (transaction: Database, tenantId: string, record: AuditRecord) => Promise<void>;

/** Who asks, after the gate said yes. Handlers take the tenant and the member only from here. */
export interface RequestContext {
  readonly tenantId: string;
  readonly member: {
    readonly id: string;
    readonly memberId: string;
    readonly role: Role;
    readonly state: MemberState;
    /** ADM-10: what the role may open. */
    readonly rights: readonly AdminRight[];
    /** ADM-09: the permission template in force. */
    readonly templateId: string;
  };
  readonly session: { readonly id: string; readonly kind: ClientKind; readonly deviceId: string };
  readonly address: string;
  readonly clientVersion: string;
  readonly policy: Policy;
  readonly policyRevision: number;
}
