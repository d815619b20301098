import type { Kysely } from 'kysely';
import type { Clock } from '#shared/base/clock.ts';
import type { ServerEvent } from '#shared/contract/events.ts';
import type { MemberState, Role } from '#shared/model/member.ts';
import type { KnownNotice } from '#shared/model/notice.ts';
import type { AdminRight, Environment } from '#shared/model/rights.ts';
import type { ClientKind, Policy } from '#shared/model/policy.ts';
import type { CallAct } from '#shared/policy/decide.ts';
import type { DatabasePlace } from './store/place.ts';
import type { Schema } from './store/schema.ts';
import type { WriteCounts } from './store/write-counts.ts';

/** Queries of both databases; drivers are chosen in `server/store`. */
export type Database = Kysely<Schema>;

/** Where packs of chunks lie: a folder, later S3. Keys are our own ids. Written once, then only read or removed. */
export interface BlobStore {
  /** Durable when the promise resolves. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Throws `not_found` for an unknown key; a range past the end is an error too. */
  read(key: string, offset: number, sizeBytes: number): Promise<Uint8Array>;
  remove(key: string): Promise<void>;
  /** Everything that is kept now, in no order; what is put or removed meanwhile may or may not come. */
  list(): AsyncIterable<{ readonly key: string; readonly sizeBytes: number }>;
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
  /** Where that is, for threads that read on a connection of their own. */
  readonly place: DatabasePlace;
  /** Where no other process writes: how often this one did. Without it what was read is used again by time alone. */
  readonly counts?: WriteCounts | null;
  readonly blobs: BlobStore;
  readonly bus: EventBus;
  readonly clock: Clock;
  /** Cryptographic randomness. */
  random(sizeBytes: number): Uint8Array;
  readonly log: Log;
  /** From which country an address is (ISO 3166-1 alpha-2); null for private networks and what is not known. */
  countryOf(address: string): string | null;
}
export interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** What public operations (before login) know about the asker. */
export interface PublicContext {
  readonly address: string;
  /** Of the address; null where it is not known. */
  readonly country: string | null;
  /** As the client says; empty when it does not. */
  readonly clientVersion: string;
  /** What the client calls itself (`X-Hikyaku-Kind`), or null: never believed, only compared. */
  readonly claimedKind: string | null;
  /** How the asker proves itself; verified when asked for. Throws `unauthenticated` for a proof that does not hold. */
  prove(): Promise<Proof>;
  /** A cookie that came with the request, or null. */
  cookie(name: CookieName): string | null;
  /** Who is logged in, after the gate let them do this. Throws as the gate does. */
  member(act: CallAct): Promise<RequestContext>;
  /** Gives the browser a cookie with the answer: its session's unless another is named. */
  setCookie(token: string, name?: CookieName): void;
}
/**
 * `session`: who is logged in. `page`: the page that began a login, for ten minutes. `browser`: this browser as a device. `link`: this browser
 * before the links that it opened, for half a day.
 */
export type CookieName = 'session' | 'page' | 'browser' | 'link';
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

/**
 * Tells a member something in their room of notices, within `transaction` and before its audit entry. Returns what announces it, to be
 * called after the commit.
 */
export type Notify = (transaction: Database, tenantId: string, memberId: string, notice: KnownNotice) => Promise<() => void>;

/** What letters say; the texts are in `server/mail`. Codes and links in them are secrets. */
export type LetterContent =
  /** ACC-20, NET-03: a second step. */
  | { readonly kind: 'login_code'; readonly code: string }
  /** An address is being registered. */
  | { readonly kind: 'address_code'; readonly code: string }
  /** ACC-11. `member` as one logs in: `sato@acme`. */
  | { readonly kind: 'recovery_code'; readonly member: string; readonly code: string }
  | { readonly kind: 'member_ids'; readonly members: readonly string[] }
  /** ACC-10, and ACC-07 with `renewed`: a link to choose a password with. */
  | { readonly kind: 'first_password'; readonly company: string; readonly member: string; readonly url: string; readonly renewed: boolean }
  /** DRV-13: opens a link in the browser that asked for it. */
  | { readonly kind: 'link_code'; readonly company: string; readonly code: string }
  | { readonly kind: 'test'; readonly company: string };

export interface Letter {
  readonly tenantId: string;
  /** Null for nobody: the same work is done, nothing is sent, and time tells nobody who exists. */
  readonly to: string | null;
  readonly language: 'ja' | 'en';
  readonly content: LetterContent;
  /** When it has become useless: it is not sent later than that. */
  readonly expiresAt: number;
}

/** Mail through the company's own server. */
export interface Mail {
  /** Where not, `send` throws `unavailable` with `mail_not_configured`. */
  readonly configured: boolean;
  /** Queues a letter within `transaction`; it leaves after the commit, by itself, and again later where the mail server does not answer. */
  send(transaction: Database, letter: Letter): Promise<void>;
}

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
  /** Where the program says that it is used besides what its session's kind says: the sync engine in the app. */
  readonly environment?: Environment;
  readonly address: string;
  readonly clientVersion: string;
  readonly policy: Policy;
  readonly policyRevision: number;
}
