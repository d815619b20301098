import type { Clock } from '#shared/base/clock.ts';
import { AppError, reasonOf } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { DriveContract } from '#shared/contract/drive.ts';
import type { Client } from '#shared/contract/operation.ts';
import type { TenantContract } from '#shared/contract/tenant.ts';
import type { WorkspaceEvent } from '#shared/contract/workspace.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { ClientStore } from './client-store.ts';
import type { Files } from './files.ts';
import type { Listings } from './listings.ts';
import { lockReasons } from './lock-reasons.ts';
import type { Transport } from './transport.ts';

/** A new message that a person should hear of; the host decides whether and how it is shown. */
export interface NewMessage {
  readonly accountId: string;
  readonly roomId: string;
  readonly messageId: string;
  readonly senderName: string;
  /** Null in rooms of two: the sender says it all. */
  readonly roomName: string | null;
  readonly text: string;
  readonly fileNames: readonly string[];
  readonly mentioned: boolean;
}

/** What a host gives to every account. */
export interface ClientHost {
  readonly clock: Clock;
  /** Cryptographic randomness. */
  random(sizeBytes: number): Uint8Array;
  readonly files: Files;
  emit(event: WorkspaceEvent): void;
  notify(message: NewMessage): void;
  /** Everything in a room has been read, here or elsewhere. */
  withdraw(accountId: string, roomId: string): void;
  /** A bug, for the log. */
  readonly report: (bug: unknown) => void;
}

/** What the parts of one account share. */
export interface AccountContext {
  readonly accountId: string;
  readonly memberId: string;
  readonly host: ClientHost;
  readonly store: ClientStore;
  readonly transport: Transport;
  /** What is cached of Drive. */
  readonly listings: Listings;
  /** Calls whose answers keep the connection's state true. */
  readonly server: Client<TenantContract & DriveContract>;
  policy(): Policy;
  isOnline(): boolean;
}

/** A new id of ours: sorts by time. */
export const newId = ({ clock, random }: Pick<ClientHost, 'clock' | 'random'>): string => uuidv7(clock.now(), random(10));

/** Code, reason and subject of a failure, for rows that people see. */
export function failureOf(cause: unknown): { code: string; reason: string | null; subject: string | null } {
  const error = AppError.from(cause);
  const details = typeof error.details === 'object' && error.details !== null ? (error.details as Record<string, unknown>) : {};
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return { code: error.code, reason: text(details['reason']), subject: text(details['subject']) };
}

/** How long something waits whose virus scan is not done, before it is tried again, in milliseconds (FIL-05). */
export const scanPauseMs = 15_000;

/** Whether a file only waits for the virus scanner: its bytes are on the server, and nothing is sent again. */
export const waitsForScan = (error: AppError): boolean => ['scan_pending', 'scanner_unavailable'].includes(reasonOf(error) ?? '');

/** Whether the same may succeed once the server can be reached, or lets the account in again: a rule on the whole account refuses no single thing. */
export const isPassing = (error: AppError): boolean =>
  error.retry ||
  error.code === 'unauthenticated' ||
  error.code === 'upgrade_required' ||
  (error.code === 'denied' && lockReasons.has(reasonOf(error) ?? ''));
