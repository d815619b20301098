import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../store/database.ts';
import { nodeFiles, type FileSystem } from './file-system.ts';
import { look, topRow, type Seen } from './observing.ts';
import type { RootContext } from './root-context.ts';
import { scanChanges, scanFolder, scanTree } from './scan.ts';
import { StateStore } from './state-store.ts';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});
const newRoot = (): string => {
  const root = fs.mkdtempSync(path.join(tmpdir(), 'hikyaku-look-'));
  made.push(root);
  return root;
};

/** Somebody who looks at a folder and keeps what was seen. `sure`: inodes are believed, so that only what changed is taken in. */
class Looker {
  readonly store = new StateStore(openDatabase(null, new Uint8Array(32)));
  listed = 0;
  stats = 0;
  readonly #context: RootContext;

  constructor(root: string, sure: boolean) {
    const files: FileSystem = {
      ...nodeFiles,
      lstat: (at) => {
        this.stats += 1;
        return nodeFiles.lstat(at);
      },
    };
    const identity = sure ? '1:2:3' : '1:2:0';
    let last = 0;
    const workshop = {
      scan: async (at: string, folders: readonly string[] | null) =>
        folders === null ? [...scanTree(at, '', files)] : folders.map((folder) => scanFolder(at, folder, files)),
      changes: async (at: string, known: Uint32Array | null) => {
        const found = scanChanges(at, known, files);
        this.listed += found.folders.length;
        return found;
      },
    };
    const known = {
      topId: 'top',
      store: this.store,
      workshop,
      disk: { root, identity: () => identity },
      volume: { rules: { caseSensitive: true, windowsNames: false } },
      newId: () => `node ${(last += 1)}`,
    };
    this.#context = known as unknown as RootContext;
    this.store.local.put(topRow('top', identity));
  }

  async look(folders: readonly string[] | null = null): Promise<Seen> {
    const seen = await look(this.#context, folders);
    // As the engine does it: what is new is read.
    for (const row of [...this.store.local.values()]) {
      if (row.kind === 'file' && row.content === null) this.store.local.put({ ...row, content: 'read', racy: row.sizeBytes % 7 === 3 });
    }
    this.store.commit();
    return seen;
  }

  /** By path: what stands in the books. */
  tree(): Map<string, { id: string; says: string }> {
    const found = new Map<string, { id: string; says: string }>();
    const visit = (id: string, at: string): void => {
      for (const row of this.store.local.children(id)) {
        const below = `${at}/${row.diskName}`;
        found.set(below, { id: row.id, says: [row.kind, row.name, row.identity, row.stamp, row.content, row.racy, row.foreign].join(' ') });
        visit(row.id, below);
      }
    };
    visit('top', '');
    expect(found.size + 1).toBe(this.store.local.size);
    return found;
  }
}

interface Act {
  readonly what: 'write' | 'append' | 'folder' | 'move' | 'remove' | 'replace' | 'link' | 'swap' | 'symlink';
  readonly a: number;
  readonly b: number;
  readonly name: number;
}
const act: fc.Arbitrary<Act> = fc.record({
  what: fc.constantFrom('write', 'write', 'append', 'folder', 'folder', 'move', 'move', 'remove', 'replace', 'link', 'swap', 'symlink'),
  a: fc.nat(30),
  b: fc.nat(30),
  name: fc.nat(4),
});

/** Does one thing to the folder, or nothing where it cannot be done. */
function perform(root: string, { what, a, b, name }: Act, bytes: () => string): void {
  const all = fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  const isFolder = (at: string): boolean => fs.lstatSync(path.join(root, at)).isDirectory();
  const isFile = (at: string): boolean => fs.lstatSync(path.join(root, at)).isFile();
  const folders = ['', ...all.filter(isFolder)];
  const target = path.join(root, folders[b % folders.length]!, `name ${name}`);
  const thing = all.length === 0 ? null : path.join(root, all[a % all.length]!);
  try {
    if (what === 'folder') fs.mkdirSync(target);
    else if (what === 'write') fs.writeFileSync(target, bytes(), { flag: 'wx' });
    else if (what === 'symlink') fs.symlinkSync('/nowhere', target);
    else if (thing === null) return;
    else if (what === 'move') fs.renameSync(thing, target);
    else if (what === 'remove') fs.rmSync(thing, { recursive: true });
    else if (!isFile(path.relative(root, thing))) return;
    else if (what === 'append') fs.appendFileSync(thing, bytes());
    else if (what === 'link') fs.linkSync(thing, target);
    else if (what === 'replace') {
      fs.writeFileSync(`${thing}.new`, bytes());
      fs.renameSync(`${thing}.new`, thing);
    } else if (fs.existsSync(target) && fs.lstatSync(target).isFile()) {
      fs.renameSync(thing, `${thing}.aside`);
      fs.renameSync(target, thing);
      fs.renameSync(`${thing}.aside`, target);
    }
  } catch {
    // Into itself, onto something: then nothing happened.
  }
}

describe('looking at a folder', () => {
  it('finds by what changed the same as by everything, and knows each thing again', async () => {
    let folders = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(act, { maxLength: 6 }), { minLength: 2, maxLength: 5 }), async (batches) => {
        const root = newRoot();
        const [some, all] = [new Looker(root, true), new Looker(root, false)];
        let written = 0;
        const partners = new Map<string, string>();
        for (const batch of [[], ...batches]) {
          for (const next of batch) perform(root, next, () => 'x'.repeat((written += 1)));
          await some.look();
          await all.look();
          const [mine, theirs] = [some.tree(), all.tree()];
          expect([...mine].map(([at, { says }]) => `${at} ${says}`).sort()).toEqual(
            [...theirs].map(([at, { says }]) => `${at} ${says}`).sort(),
          );
          const isTwice = (at: string): boolean => {
            const stats = fs.lstatSync(path.join(root, at));
            return stats.isFile() && stats.nlink > 1;
          };
          // Which of several names of one inode is the old one nobody can tell.
          for (const [at, { id }] of mine) if (!isTwice(at)) expect(theirs.get(at)!.id).toBe(partners.get(id) ?? theirs.get(at)!.id);
          partners.clear();
          for (const [at, { id }] of mine) if (!isTwice(at)) partners.set(id, theirs.get(at)!.id);
        }
        folders += some.listed;
        some.store.close();
        all.store.close();
        fs.rmSync(root, { recursive: true });
      }),
      { numRuns: 60 },
    );
    expect(folders).toBeGreaterThan(0);
  });

  it('E1: at rest one stat a name is asked, and neither a row is written nor a folder told', async () => {
    const root = newRoot();
    for (let folder = 0; folder < 20; folder += 1) {
      fs.mkdirSync(path.join(root, `folder ${folder}`));
      for (let file = 0; file < 10; file += 1) fs.writeFileSync(path.join(root, `folder ${folder}`, `file ${file}`), 'x'.repeat(8));
    }
    const looker = new Looker(root, true);
    await looker.look();
    const before = { listed: looker.listed, written: looker.store.nodes.written };
    expect(before).toEqual({ listed: 21, written: expect.any(Number) });
    looker.stats = 0;
    expect(await looker.look()).toMatchObject({ changed: false });
    expect(looker.stats).toBe(1 + 20 + 200);
    expect({ listed: looker.listed, written: looker.store.nodes.written }).toEqual(before);
    expect(looker.store.dirty).toBe(false);
    fs.appendFileSync(path.join(root, 'folder 7', 'file 3'), 'more');
    await looker.look();
    expect(looker.listed).toBe(before.listed + 1);
    looker.store.close();
  });

  it('takes a renamed folder from the folder above it alone, and a new one with all that is in it', async () => {
    const root = newRoot();
    fs.mkdirSync(path.join(root, 'old', 'deep'), { recursive: true });
    fs.writeFileSync(path.join(root, 'old', 'deep', 'file'), 'bytes');
    const looker = new Looker(root, true);
    await looker.look();
    const ids = looker.tree();
    fs.renameSync(path.join(root, 'old'), path.join(root, 'new'));
    looker.stats = 0;
    expect(await looker.look([''])).toMatchObject({ moved: ['new'], foreign: null });
    expect(looker.stats).toBe(1);
    expect(looker.tree().get('/new')?.id).toBe(ids.get('/old')?.id);
    expect(looker.tree().get('/new/deep/file')?.id).toBe(ids.get('/old/deep/file')?.id);
    fs.mkdirSync(path.join(root, 'more', 'below'), { recursive: true });
    fs.writeFileSync(path.join(root, 'more', 'below', 'file'), 'bytes');
    expect(await looker.look([''])).toMatchObject({ moved: [], foreign: null });
    expect([...looker.tree().keys()]).toContain('/more/below/file');
    looker.store.close();
  });
});
