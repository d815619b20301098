import type { Chunk } from '#shared/model/drive.ts';
import { tokenHash } from '#shared/sync/tree.ts';
import { chunksOf, type LocalSource } from '../transfer/download.ts';
import { pathOf, type RootContext } from './root-context.ts';
import type { LocalRow, RemoteRow } from './rows.ts';
import type { StateStore } from './state-store.ts';

/** A file that comes down. */
export interface WantedFile {
  readonly step: { readonly id: string };
  readonly remote: RemoteRow;
  /** More than one chunk. */
  readonly isLarge: boolean;
}

/**
 * Where chunks that are to come may lie on this disk already: whole small files, and the pieces of earlier versions and of copies of large ones. Asked once,
 * before anything is written; what several of the jobs need is known from the first that has it.
 */
export class LocalSources {
  readonly #places = new Map<string, LocalSource>();
  /** Contents of small files that more than one job wants. */
  readonly #shared = new Set<string>();

  constructor({ store, disk, topId }: RootContext, jobs: readonly WantedFile[]) {
    const placeOf = (id: string, offset: number): LocalSource => ({ path: disk.at(pathOf(store, id, topId)), offset });
    const addAll = (chunks: readonly Chunk[], id: string): void => {
      let offset = 0;
      for (const { hash, sizeBytes } of chunks) {
        if (!this.#places.has(hash)) this.#places.set(hash, placeOf(id, offset));
        offset += sizeBytes;
      }
    };
    const wanted = new Set<string>();
    const large = new Map<string, RemoteRow>();
    for (const { step, remote, isLarge } of jobs) {
      const hash = tokenHash(remote.content!);
      if (wanted.has(hash)) this.#shared.add(hash);
      wanted.add(hash);
      if (isLarge) large.set(hash, remote);
      if (isLarge && store.local.get(step.id) !== undefined) addAll(store.synced.get(step.id)?.chunks ?? [], step.id);
    }
    for (const row of copiesOf(store, wanted)) {
      const hash = tokenHash(row.content!);
      const twin = large.get(hash);
      if (twin !== undefined) addAll(chunksOf(twin.file!), row.id);
      else this.#places.set(hash, placeOf(row.id, 0));
    }
  }

  of(hash: string): LocalSource | undefined {
    return this.#places.get(hash);
  }

  /** A fetched file is in its place now. */
  landed({ remote, isLarge }: WantedFile, pathOfIt: () => string): void {
    const hash = tokenHash(remote.content!);
    if (!isLarge && this.#shared.has(hash)) this.#places.set(hash, { path: pathOfIt(), offset: 0 });
  }
}

/** One local file for each of these contents that lies here. */
function* copiesOf(store: StateStore, wanted: ReadonlySet<string>): Generator<LocalRow> {
  if (store.local.size > wanted.size) {
    for (const hash of wanted) {
      const row = store.nodes.localByContent(hash);
      if (row !== undefined) yield row;
    }
    return;
  }
  const found = new Set<string>();
  for (const row of store.local.values()) {
    const hash = row.kind === 'file' && row.content !== null ? tokenHash(row.content) : '';
    if (!wanted.has(hash) || found.has(hash)) continue;
    found.add(hash);
    yield row;
  }
}
