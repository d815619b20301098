/** One guard or precondition of the engine: what stands in the source, what stands there without it, and the case that then fails. */
export interface Guard {
  readonly name: string;
  readonly file: string;
  /** A text that occurs exactly once in the file. */
  readonly find: string;
  readonly without: string;
  /** The name of a case of `test/matrix/gaps.ts`. */
  readonly fails: string;
}

const sync = 'electron/agent/sync';
const disk = `${sync}/disk.ts`;

/** Each is removed alone by `npm run soak -- guards`; a case that still passes then means that nobody would notice. */
export const guards: readonly Guard[] = [
  {
    name: 'a file that is replaced is the one of the books, unwritten since',
    file: disk,
    find: "if (now?.kind !== 'file' || now.identity !== row.identity || now.stamp !== row.stamp) throw",
    without: 'if (now === null) throw',
    fails: 'a file is written to while its new version is on its way',
  },
  {
    name: 'a new file is linked into place, which cannot overwrite',
    file: disk,
    find: 'this.files.link(staged, target);',
    without: 'this.files.rename(staged, target); this.files.link(target, staged);',
    fails: 'somebody makes a file of the name that comes down',
  },
  {
    name: 'without hard links, nothing may have the name of a new file',
    file: disk,
    find: 'if (this.#stampAt(target) !== null) throw',
    without: 'if (this.#stampAt(target) === before) throw',
    fails: 'the same where there are no hard links',
  },
  {
    name: 'the folder that a step works in is the known one',
    file: disk,
    find: 'if (stats === undefined || !stats.isDirectory() || identityOf(stats) !== row.identity)',
    without: 'if (stats === undefined || !stats.isDirectory() || row === null)',
    fails: 'the folder that something comes down into becomes another one',
  },
  {
    name: 'what is moved is the known thing',
    file: disk,
    find: 'if (now === null || now.kind !== row.kind || now.identity !== row.identity) throw',
    without: 'if (now === null) throw',
    fails: 'what is to be moved becomes another one',
  },
  {
    name: 'nothing is where something is moved to',
    file: disk,
    find: 'if (there !== null && there.identity !== row.identity && !this.#isOwnSpelling(from, to))',
    without: 'if (there === now && !this.#isOwnSpelling(from, to))',
    fails: 'somebody makes a file where another one is to be moved',
  },
  {
    name: 'what was taken out is looked at once more, and goes back when it was written to',
    file: disk,
    find: 'if (!this.isOut(stored, row)) {',
    without: 'if (stored === path) {',
    fails: 'a file is written to in the very moment in which it is removed',
  },
  {
    name: 'a folder is removed only when it holds nothing but droppings',
    file: disk,
    find: 'if (!names.every((name) => isIgnored(name))) throw',
    without: 'if (!names.every((name) => isIgnored(name) || name !== path)) throw',
    fails: 'a file is put into a folder that is being removed',
  },
  {
    name: 'what is replaced is put aside first',
    file: disk,
    find: 'const kept = this.#keep(path, row);',
    without: 'const kept = { stored: path, path, stamp: row.stamp };',
    fails: 'the program ends while a new version comes down',
  },
  {
    name: 'a folder is deleted on the server only as it was seen',
    file: `${sync}/apply-there.ts`,
    find: ', baseSequence: seenSequence(store) }',
    without: ' }',
    fails: 'somebody puts a file into a folder on the server that is just being deleted here',
  },
  {
    name: 'a change is written down with its key before it is sent, and asked for again',
    file: `${sync}/root-engine.ts`,
    find: 'if (this.store.pending.length > 0) {',
    without: 'if (this.store.pending.length > 1e9) {',
    fails: 'the answer to an upload is lost, and the file is edited: no conflict with oneself',
  },
  {
    name: 'bytes that come have the hash that was asked for',
    file: 'electron/agent/transfer/download.ts',
    find: 'if (bytes.length === need.sizeBytes && (await digestOf(bytes)) === need.hash) return',
    without: 'if (bytes.length === need.sizeBytes) return',
    fails: 'bytes arrive that are not those that were asked for',
  },
  {
    name: 'a folder that could not be listed is not an empty one',
    file: `${sync}/scan.ts`,
    find: "failed: (error as NodeJS.ErrnoException).code ?? 'EIO' };",
    without: 'failed: null };',
    fails: 'a folder cannot be listed for a while: nothing in it counts as deleted',
  },
  {
    name: 'the root is the same folder',
    file: `${sync}/root-folder.ts`,
    find: "if (now !== identity) return 'root_replaced';",
    without: '',
    fails: 'the root is another folder for a while: nothing counts as deleted',
  },
  {
    name: 'the root has its mark',
    file: `${sync}/root-folder.ts`,
    find: "return markerOf(folder, files)?.rootId === rootId ? null : 'root_missing';",
    without: 'return null;',
    fails: 'the root’s mark is gone for a while, and so is what it held',
  },
  {
    name: 'a file that was written a moment before it was read is read again',
    file: `${sync}/apply-there.ts`,
    find: 'racy: isRacy(stamp, context.clock.now()),',
    without: 'racy: false,',
    fails: 'a file is written twice within one step of the volume’s clock, with the same size',
  },
  {
    name: 'very many deletions wait for a person',
    file: `${sync}/guards.ts`,
    find: 'return { here: here.hold, there: there.hold, files: here.files + there.files };',
    without: 'return { here: false, there: false, files: 0 };',
    fails: 'very much is deleted at once: nothing goes before somebody has said so',
  },
  {
    name: 'putting a conflict’s bytes aside is finished or undone after a crash',
    file: `${sync}/root-hold.ts`,
    find: 'finishForks(context);',
    without: '',
    fails: 'the program ends in the middle of a conflict',
  },
  {
    name: 'what is about to be put aside survives a power cut',
    file: `${sync}/state-store.ts`,
    find: '|| this.#announces)',
    without: ')',
    fails: 'the power fails in the middle of a conflict',
  },
  {
    name: 'a file is flushed before it gets its name',
    file: 'electron/agent/transfer/download.ts',
    find: 'if (this.#options.flush !== false) await handle.datasync();',
    without: '',
    fails: 'the power fails while files come down',
  },
  {
    name: 'folders are flushed before a step counts as done',
    file: disk,
    find: 'for (const folder of folders) this.files.flushFolder(folder);',
    without: 'folders.pop();',
    fails: 'the power fails while files come down',
  },
];
