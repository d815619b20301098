import type { Content } from '#shared/model/drive.ts';
import type { Transport } from './transport.ts';

/** A file or folder of the person's, as the host found it. */
export interface FileEntry {
  /** How the host finds it again, also after a restart where it can. */
  readonly reference: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly kind: 'file' | 'folder';
}

export interface ByteOptions {
  /** How many bytes more are done. */
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** What a download is made of: chunks by their list, or a byte route whose bytes must come to `contentHash`. */
export type DownloadSource =
  | { readonly kind: 'content'; readonly nodeId: string; readonly content: Pick<Content, 'contentHash' | 'sizeBytes' | 'chunks'> }
  | { readonly kind: 'route'; readonly path: string; readonly contentHash: string; readonly sizeBytes: number }
  /** A byte route whose bytes are made while they are sent: nothing is known of them before. */
  | { readonly kind: 'stream'; readonly path: string };

/**
 * The person's files, as a host reaches them: paths in the app, File objects in a browser. Failures are `AppError`s with a reason:
 * `file_missing`, `file_changed`, `file_unreadable`, `disk_full`, `chunk_damaged`.
 */
export interface Files {
  /** What a handle stands for; null when it was never given out or is forgotten. */
  open(handle: string): Promise<FileEntry | null>;
  /** The same by reference; null when it is not there any more. */
  look(reference: string): Promise<FileEntry | null>;
  /** Nothing needs this any more: a copy that the host made (pasted content) goes, the person's own files stay. */
  release?(reference: string): Promise<void>;
  /** Nobody is logged in any more: copies of this run go, but for those in `keep`. */
  releaseAllBut?(keep: readonly string[]): Promise<void>;
  children(reference: string): Promise<FileEntry[]>;
  /** Brings a file's bytes to the server and says what it holds. What is there already is not sent again. */
  upload(transport: Transport, reference: string, options: ByteOptions): Promise<Content>;
  /** Where a handle says to save; null when it is forgotten. */
  place(handle: string): Promise<string | null>;
  /** Writes a whole, checked file to a place, or nothing at all. Under the name `part` what has come is kept, and not fetched again next time. */
  download(transport: Transport, source: DownloadSource, place: string, options: ByteOptions & { readonly part?: string }): Promise<void>;
  /** Removes what is kept of a download to that place. */
  dropPart?(place: string, part: string): Promise<void>;
}
