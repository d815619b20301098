import type { Chunk } from '#shared/model/drive.ts';
import type { Outgoing, Transfer } from '#shared/contract/workspace.ts';

/** A file that waits to go with a message. */
export interface OutgoingFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sentBytes: number;
  /** How the host finds the file again, also after a restart; null when it cannot. */
  readonly reference: string;
  /** Where it was attached from, when not from this machine: then `reference` is the file's id there. */
  readonly through?: 'drive';
  /** Its content once its chunks are on the server; then the file itself is no longer needed. */
  readonly content: { readonly contentHash: string; readonly sizeBytes: number; readonly chunks: Chunk[] | null } | null;
}

/** A message in the outbox, with what sending it again needs. */
export interface StoredOutgoing extends Omit<Outgoing, 'files'> {
  readonly mentions: string[];
  readonly files: OutgoingFile[];
}

/** What a transfer is to do, enough to begin it again. */
export type TransferTask =
  | { readonly kind: 'upload'; readonly reference: string; readonly spaceId: string; readonly folderId: string }
  | { readonly kind: 'download_node'; readonly nodeId: string; readonly version: number | null; readonly place: string }
  /** Several files and folders as one zip, which the server makes while it is sent. */
  | { readonly kind: 'download_zip'; readonly nodeIds: readonly string[]; readonly place: string }
  | { readonly kind: 'download_message_file'; readonly messageId: string; readonly fileId: string; readonly place: string };

export interface StoredTransfer {
  /** A single file of little size: it waits only for others like it. */
  readonly isSmall?: boolean;
  readonly shown: Transfer;
  readonly task: TransferTask;
}
