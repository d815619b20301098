import { cutFile, type CutOutcome, type CutStart } from '../transfer/cut-file.ts';
import { packFiles, type PackedFiles, type SmallFile } from '../transfer/pack-files.ts';
import { readContentSync, type ReadOutcome } from '../transfer/read-content.ts';
import { nodeFiles, type FileSystem } from './file-system.ts';
import type { ScanFolder } from './scan-entry.ts';
import { scanChanges, scanFolder, scanTree, type ScanChanges } from './scan.ts';

/** Work that blocks: listing, reading, hashing. */
export type WorkerTask =
  | { readonly kind: 'scan'; readonly root: string; /** Null for everything. */ readonly folders: readonly string[] | null }
  | { readonly kind: 'changes'; readonly root: string; /** Words of `FolderDigests`, or null. */ readonly known: Uint32Array | null }
  | { readonly kind: 'pack'; readonly files: readonly SmallFile[] }
  | { readonly kind: 'cut'; readonly start: CutStart }
  | { readonly kind: 'read'; readonly path: string };

export interface TaskResults {
  readonly scan: readonly ScanFolder[];
  readonly changes: ScanChanges;
  readonly pack: PackedFiles;
  readonly cut: CutOutcome;
  readonly read: ReadOutcome;
}

export function runTask(task: WorkerTask, files: FileSystem = nodeFiles): TaskResults[WorkerTask['kind']] {
  switch (task.kind) {
    case 'scan':
      return task.folders === null ? [...scanTree(task.root, '', files)] : task.folders.map((path) => scanFolder(task.root, path, files));
    case 'changes':
      return scanChanges(task.root, task.known, files);
    case 'pack':
      return packFiles(task.files, files);
    case 'cut':
      return cutFile(task.start, files);
    case 'read':
      return readContentSync(task.path, files);
  }
}
