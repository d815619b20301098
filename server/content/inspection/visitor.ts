/** The bytes of a file in an archive, to be read once. */
export type EntryBytes = AsyncIterable<Uint8Array> & { destroy(): unknown };

/** What a walker tells of an archive. */
export interface ArchiveVisitor {
  /** A file in the archive. `open` gives its bytes, or null where they are encrypted. False when it was enough. */
  entry(name: string, sizeBytes: number, open: () => Promise<EntryBytes | null>): Promise<boolean>;
  cannotRead(): void;
}
