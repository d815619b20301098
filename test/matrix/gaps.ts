import type { Mutation } from '#shared/model/drive.ts';
import type { FileSystem } from '../../electron/agent/sync/file-system.ts';
import { plainTraits, type DiskTraits } from '../sim/disk-nodes.ts';
import type { Call } from '../sim/files.ts';
import { plainName } from './expected.ts';
import { diskTree } from './judge.ts';
import { contentOf } from './sim-cell.ts';
import { newId, Stage, type Mishap } from './stage.ts';
import { playStory, stories } from './stories.ts';

/** What happens in the very middle of the engine's work, where a precondition is all that stands between it and somebody's bytes. */
export interface Gap {
  readonly name: string;
  /** What is not as it must be; nothing when all is well. */
  readonly problems: () => Promise<string[]>;
}

type Tree = Readonly<Record<string, string>>;
interface Plot {
  readonly name: string;
  readonly traits?: DiskTraits;
  readonly before: Tree;
  readonly here?: (files: FileSystem, top: string) => void;
  readonly there?: (at: (path: string) => { id: string; version: number }, stage: Stage) => Mutation[];
  /** Somebody acts once, right before (or, with `done`, right after) the first call that this says yes to. */
  readonly when?: (call: Call, stage: Stage) => boolean;
  readonly done?: boolean;
  readonly then?: (files: FileSystem, top: string, stage: Stage) => void;
  readonly prepare?: (stage: Stage) => void;
  readonly after: Tree;
  readonly check?: (stage: Stage) => string[];
}

const t = (letter: string): string => `gap ${letter}`.padEnd(12, '.');
/** Of more than one block that is read at a time. */
const large = (letter: string): string => letter.repeat(6 * 1024 * 1024);
const letters = ['a', 'b', 'c', 'd', 'A', 'mine', 'late'];
const base = { key: newId };
const update = (node: { id: string; version: number }, text: string): Mutation => ({
  key: base.key(),
  kind: 'update_content',
  nodeId: node.id,
  baseVersion: node.version,
  content: contentOf(text),
});
const make = (parentId: string, name: string, text: string): Mutation => ({
  key: base.key(),
  kind: 'create_file',
  id: newId(),
  parentId,
  name,
  content: contentOf(text),
});
const rename = (nodeId: string, parentId: string, name: string): Mutation => ({ key: base.key(), kind: 'move', nodeId, parentId, name });
const remove = (node: { id: string; version: number }): Mutation => ({
  key: base.key(),
  kind: 'delete',
  nodeId: node.id,
  baseVersion: node.version,
});

const isFlushed = ({ name }: Call): boolean => name === 'datasync';
const isRenameOf =
  (end: string) =>
  ({ name, path }: Call): boolean =>
    name === 'rename' && path.endsWith(end);

/** The folder was just checked, the file itself is next. */
const isAboutToMove = ({ name, path }: Call, { last }: Stage): boolean =>
  name === 'lstat' && path.endsWith('/a.txt') && last?.name === 'lstat' && last.path.endsWith('/story');

const noLinks: DiskTraits = { ...plainTraits, hardLinks: false };

const plots: readonly Plot[] = [
  {
    name: 'a file is written to while its new version is on its way',
    before: { 'a.txt': t('a') },
    there: (at) => [update(at('a.txt'), t('A'))],
    when: isFlushed,
    then: (files, top) => files.writeText(`${top}/a.txt`, t('mine')),
    after: { 'a (conflict).txt': t('mine'), 'a.txt': t('A') },
  },
  {
    name: 'somebody makes a file of the name that comes down',
    before: {},
    there: (at) => [make(at('').id, 'a.txt', t('A'))],
    when: isFlushed,
    then: (files, top) => files.writeText(`${top}/a.txt`, t('mine')),
    after: { 'a (conflict).txt': t('mine'), 'a.txt': t('A') },
  },
  {
    name: 'the same where there are no hard links',
    traits: noLinks,
    before: {},
    there: (at) => [make(at('').id, 'a.txt', t('A'))],
    when: isFlushed,
    then: (files, top) => files.writeText(`${top}/a.txt`, t('mine')),
    after: { 'a (conflict).txt': t('mine'), 'a.txt': t('A') },
  },
  {
    name: 'the folder that something comes down into becomes another one',
    before: { 'a/': '', 'b/': '' },
    there: (at) => [make(at('a').id, 'new.txt', t('A'))],
    when: isFlushed,
    then: (files, top) => {
      files.rename(`${top}/a`, `${top}/t`);
      files.rename(`${top}/b`, `${top}/a`);
      files.rename(`${top}/t`, `${top}/b`);
    },
    after: { 'a/': '', 'b/': '', 'b/new.txt': t('A') },
  },
  {
    name: 'what is to be moved becomes another one',
    before: { 'a.txt': t('a'), 'c.txt': t('c') },
    there: (at) => [rename(at('a.txt').id, at('').id, 'b.txt')],
    when: isAboutToMove,
    then: (files, top) => {
      files.rename(`${top}/a.txt`, `${top}/keep.txt`);
      files.rename(`${top}/c.txt`, `${top}/a.txt`);
    },
    after: { 'a.txt': t('c'), 'b.txt': t('a') },
  },
  {
    name: 'somebody makes a file where another one is to be moved',
    before: { 'a.txt': t('a') },
    there: (at) => [rename(at('a.txt').id, at('').id, 'b.txt')],
    when: isAboutToMove,
    then: (files, top) => files.writeText(`${top}/b.txt`, t('mine')),
    after: { 'b (2).txt': t('mine'), 'b.txt': t('a') },
  },
  {
    name: 'a file is written to in the very moment in which it is removed',
    before: { 'a.txt': t('a') },
    there: (at) => [remove(at('a.txt'))],
    when: isRenameOf('/a.txt'),
    then: (files, top) => files.writeText(`${top}/a.txt`, t('mine')),
    after: { 'a.txt': t('mine') },
  },
  {
    name: 'a file is put into a folder that is being removed',
    before: { 'a/': '', 'a/1.txt': t('a') },
    there: (at) => [remove(at('a'))],
    when: isRenameOf('/1.txt'),
    done: true,
    then: (files, top) => files.writeText(`${top}/a/2.txt`, t('mine')),
    after: { 'a/': '', 'a/2.txt': t('mine') },
  },
  {
    name: 'somebody puts a file into a folder on the server that is just being deleted here',
    before: { 'a/': '', 'a/1.txt': t('a') },
    here: (files, top) => {
      files.unlink(`${top}/a/1.txt`);
      files.rmdir(`${top}/a`);
    },
    prepare: (stage) => {
      const { server } = stage.world;
      const folder = [...server.nodes.values()].find(({ name }) => name === 'a')!.id;
      let isMade = false;
      stage.onAsk = (asked) => {
        if (asked !== 'drive.mutate' || isMade) return;
        isMade = true;
        stage.actThere([t('late')], [make(folder, 'late.txt', t('late'))]);
      };
    },
    after: { 'a/': '', 'a/late.txt': t('late') },
  },
  {
    name: 'the answer to an upload is lost, and the file is edited: no conflict with oneself',
    before: {},
    here: (files, top) => files.writeText(`${top}/a.txt`, t('a')),
    prepare: (stage) => {
      let isLost = false;
      stage.onCommit = () => {
        if (isLost) return;
        isLost = true;
        stage.pc.line.isCut = true;
        stage.world.time.after(300, () => {
          stage.files.writeText(`${stage.top}/story/a.txt`, t('mine'));
          stage.pc.engine?.nudge();
        });
        stage.world.time.after(2_000, () => {
          stage.pc.line.isCut = false;
          stage.pc.engine?.online();
        });
      };
    },
    after: { 'a.txt': t('mine') },
  },
  {
    name: 'a large file is written to while it is read',
    before: {},
    here: (files, top) => files.writeText(`${top}/a.txt`, large('a')),
    prepare: (stage) => ['a', 'b'].forEach((letter) => stage.world.tokens.states.add(large(letter))),
    when: ({ name, path }, { last }) => name === 'read' && path.endsWith('/a.txt') && last?.name === 'read',
    then: (files, top) => files.writeText(`${top}/a.txt`, large('b')),
    after: { 'a.txt': large('b') },
  },
  {
    name: 'bytes arrive that are not those that were asked for',
    before: {},
    there: (at) => [make(at('').id, 'a.txt', t('A'))],
    prepare: (stage) => {
      const { server } = stage.world;
      const read = server.readChunks.bind(server);
      let isWrong = true;
      server.readChunks = (hashes) => {
        const chunks = read(hashes);
        if (!isWrong) return chunks;
        isWrong = false;
        return chunks.map(({ hash, bytes }) => ({ hash, bytes: bytes.map((byte) => byte ^ 1) }));
      };
    },
    after: { 'a.txt': t('A') },
  },
  {
    name: 'a folder cannot be listed for a while: nothing in it counts as deleted',
    before: { 'a/': '', 'a/1.txt': t('a'), 'b.txt': t('b') },
    here: (files, top) => {
      files.writeText(`${top}/b.txt`, t('mine'));
      files.writeText(`${top}/a/2.txt`, t('c'));
    },
    prepare: (stage) => stage.failWhile(({ name, path }) => name === 'readdir' && path.endsWith('/a'), 1_500),
    after: { 'a/': '', 'a/1.txt': t('a'), 'a/2.txt': t('c'), 'b.txt': t('mine') },
    check: noDeletions,
  },
  {
    name: 'the root is another folder for a while: nothing counts as deleted',
    before: { 'a.txt': t('a') },
    here: (files, top) => {
      files.rename(top.slice(0, top.lastIndexOf('/')), '/away');
      files.mkdir(top.slice(0, top.lastIndexOf('/')));
      files.mkdir(`${top.slice(0, top.lastIndexOf('/'))}/.hikyaku-sync`);
      files.writeText(`${top.slice(0, top.lastIndexOf('/'))}/.hikyaku-sync/root.json`, files.readText('/away/.hikyaku-sync/root.json'));
    },
    prepare: (stage) => {
      stage.world.time.after(2_500, () => {
        stage.pc.crash(false);
        const away = stage.files;
        for (const name of away.readdir(`${stage.top}/.hikyaku-sync`)) removeAll(away, `${stage.top}/.hikyaku-sync/${name}`);
        away.rmdir(`${stage.top}/.hikyaku-sync`);
        away.rmdir(stage.top);
        away.rename('/away', stage.top);
        stage.pc.start();
      });
    },
    after: { 'a.txt': t('a') },
    check: noDeletions,
  },
  {
    name: 'the root’s mark is gone for a while, and so is what it held',
    before: { 'a.txt': t('a') },
    here: (files, top) => {
      const root = top.slice(0, top.lastIndexOf('/'));
      files.mkdir('/away');
      files.rename(`${root}/.hikyaku-sync`, '/away/own');
      files.rename(top, '/away/story');
    },
    prepare: (stage) => {
      stage.world.time.after(2_500, () => {
        stage.pc.crash(false);
        if (stage.pc.disk.find(`${stage.top}/.hikyaku-sync`) !== undefined) removeAll(stage.files, `${stage.top}/.hikyaku-sync`);
        stage.files.rename('/away/own', `${stage.top}/.hikyaku-sync`);
        stage.files.rename('/away/story', `${stage.top}/story`);
        stage.pc.start();
      });
    },
    after: { 'a.txt': t('a') },
    check: noDeletions,
  },
  {
    name: 'a file is written twice within one step of the volume’s clock, with the same size',
    traits: { ...plainTraits, timeStepNs: 2_000_000_000n, birthTimes: false },
    before: {},
    here: (files, top) => files.writeText(`${top}/a.txt`, t('a')),
    prepare: (stage) => {
      let isDone = false;
      stage.onCommit = () => {
        if (isDone) return;
        isDone = true;
        stage.files.writeText(`${stage.top}/story/a.txt`, t('mine'));
      };
    },
    after: { 'a.txt': t('mine') },
  },
  {
    name: 'very much is deleted at once: nothing goes before somebody has said so',
    before: Object.fromEntries(Array.from({ length: 60 }, (_, index): [string, string] => [`f${100 + index}.txt`, t('a')])),
    here: (files, top) => removeAll(files, top),
    after: {},
    check: (stage) => [...noDeletions(stage), ...(stage.pc.engine?.halted === 'mass_delete' ? [] : ['It does not ask'])],
  },
];

function noDeletions(stage: Stage): string[] {
  return stage.commits.some(({ kind }) => kind === 'delete') ? ['Something was deleted on the server'] : [];
}
function removeAll(files: FileSystem, path: string): void {
  if (files.lstat(path)?.isDirectory() !== true) return files.unlink(path);
  for (const name of files.readdir(path)) removeAll(files, `${path}/${name}`);
  files.rmdir(path);
}

async function play(plot: Plot): Promise<string[]> {
  const stage = new Stage(7, letters.map(t), plot.traits);
  const top = `${stage.top}/story`;
  stage.files.mkdir(top);
  for (const [path, text] of Object.entries(plot.before)) {
    if (path.endsWith('/')) stage.files.mkdir(`${top}/${path.slice(0, -1)}`);
    else stage.files.writeText(`${top}/${path}`, text);
  }
  await stage.agree();
  plot.here?.(stage.files, top);
  const nodes = stage.trees.get('story')!;
  stage.actThere(letters.map(t), plot.there?.((path) => nodes.get(path)!, stage) ?? []);
  plot.prepare?.(stage);
  let isOver = plot.then === undefined;
  const act = (call: Call, done: boolean): void => {
    if (isOver || done !== (plot.done === true) || plot.when?.(call, stage) !== true) return;
    isOver = true;
    plot.then!(stage.files, top, stage);
  };
  stage.onCall = (call) => act(call, false);
  stage.onDone = (call) => act(call, true);
  const waits = plot.check !== undefined && Object.keys(plot.after).length === 0;
  const broken = waits ? await stage.playFor(20_000) : await stage.play([]);
  const problems = [...broken, ...(plot.check?.(stage) ?? [])];
  if (!isOver) problems.push('The moment never came');
  if (waits) return problems;
  const is = diskTree(stage.files, top);
  const plain = (tree: Tree): string =>
    JSON.stringify(
      Object.entries(tree)
        .map(([path, text]) => [plainName(path), text])
        .sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    );
  if (plain(is) !== plain(plot.after)) problems.push(`disk ${plain(is).slice(0, 500)}, expected ${plain(plot.after).slice(0, 500)}`);
  return problems;
}

/** A story of `stories.ts` with crashes at the moments from its first third on. */
async function crashes(index: number, power: boolean, seeds: readonly number[], step: number): Promise<string[]> {
  const story = stories[index]!;
  const { moments } = (await playStory(story, 1, [])).stage;
  for (const seed of seeds) {
    for (let moment = Math.floor(moments / 1.7); moment <= moments; moment += step) {
      const mishap: Mishap = { kind: 'crash', moment, power };
      const { problems } = await playStory(story, seed, [mishap]);
      if (problems.length > 0) return problems;
    }
  }
  return [];
}

export const gaps: readonly Gap[] = [
  ...plots.map((plot) => ({ name: plot.name, problems: () => play(plot) })),
  { name: 'the program ends while a new version comes down', problems: () => crashes(2, false, [1], 4) },
  { name: 'the program ends in the middle of a conflict', problems: () => crashes(6, false, [1], 1) },
  { name: 'the power fails in the middle of a conflict', problems: () => crashes(6, true, [6], 1) },
  { name: 'the power fails while files come down', problems: () => crashes(1, true, [3, 1], 1) },
];
