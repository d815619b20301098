import type { Mutation } from '#shared/model/drive.ts';
import type { FileSystem } from '../../electron/agent/sync/file-system.ts';
import { plainName } from './expected.ts';
import { sha256 } from './judge.ts';
import { contentOf } from './sim-cell.ts';
import { newId, Stage, type Mishap } from './stage.ts';

type Paths = Readonly<Record<string, string>>;

/** A small piece of work of one computer, whose every effect and call is made to fail once. */
export interface Story {
  readonly name: string;
  /** What both have: paths with contents, folders with `/`, those above first. */
  readonly before: Paths;
  readonly here?: (files: FileSystem, top: string) => void;
  readonly there?: (there: Hands) => Mutation[];
  /** The engine has forgotten everything when it starts. */
  readonly forgets?: boolean;
  readonly after: Paths;
}
interface Hands {
  readonly id: (path: string) => string;
  readonly version: (path: string) => number;
}

const key = newId;
const make = (parentId: string, name: string, text: string): Mutation => ({
  key: key(),
  kind: 'create_file',
  id: newId(),
  parentId,
  name,
  content: contentOf(text),
});
const update = ({ id, version }: Hands, path: string, text: string): Mutation => ({
  key: key(),
  kind: 'update_content',
  nodeId: id(path),
  baseVersion: version(path),
  content: contentOf(text),
});
const move = ({ id }: Hands, path: string, folder: string, name: string): Mutation => ({
  key: key(),
  kind: 'move',
  nodeId: id(path),
  parentId: id(folder),
  name,
});
const remove = ({ id, version }: Hands, path: string): Mutation => ({
  key: key(),
  kind: 'delete',
  nodeId: id(path),
  baseVersion: version(path),
});

/** All texts of the stories, one length. */
const t = (letter: string): string => `text ${letter}`.padEnd(12, '.');

export const stories: readonly Story[] = [
  {
    name: 'new files and folders here go up',
    before: { 'a.txt': t('a') },
    here: (files, top) => {
      files.mkdir(`${top}/new`);
      files.writeText(`${top}/new/b.txt`, t('b'));
      files.writeText(`${top}/new/c.txt`, t('c'));
    },
    after: { 'a.txt': t('a'), 'new/': '', 'new/b.txt': t('b'), 'new/c.txt': t('c') },
  },
  {
    name: 'new files and folders there come down',
    before: { 'a.txt': t('a') },
    there: ({ id }) => {
      const folder = newId();
      return [
        { key: key(), kind: 'create_folder', id: folder, parentId: id(''), name: 'new' },
        make(folder, 'b.txt', t('b')),
        make(folder, 'c.txt', t('c')),
      ];
    },
    after: { 'a.txt': t('a'), 'new/': '', 'new/b.txt': t('b'), 'new/c.txt': t('c') },
  },
  {
    name: 'an edit there replaces what is here, an edit here goes up',
    before: { 'a.txt': t('a'), 'b.txt': t('b') },
    here: (files, top) => files.writeText(`${top}/b.txt`, t('B')),
    there: (there) => [update(there, 'a.txt', t('A'))],
    after: { 'a.txt': t('A'), 'b.txt': t('B') },
  },
  {
    name: 'names change on both sides',
    before: { 'a.txt': t('a'), 'b.txt': t('b') },
    here: (files, top) => files.rename(`${top}/a.txt`, `${top}/x.txt`),
    there: (there) => [move(there, 'b.txt', '', 'y.txt')],
    after: { 'x.txt': t('a'), 'y.txt': t('b') },
  },
  {
    name: 'folders move on both sides, and what is in them changes',
    before: { 'a/': '', 'a/1.txt': t('1'), 'b/': '', 'b/2.txt': t('2'), 'to/': '' },
    here: (files, top) => {
      files.rename(`${top}/a`, `${top}/to/a`);
      files.writeText(`${top}/b/2.txt`, t('II'));
    },
    there: (there) => [move(there, 'b', 'to', 'b'), update(there, 'a/1.txt', t('I'))],
    after: { 'to/': '', 'to/a/': '', 'to/a/1.txt': t('I'), 'to/b/': '', 'to/b/2.txt': t('II') },
  },
  {
    name: 'things are deleted on both sides, one of them edited on the other',
    before: { 'a/': '', 'a/1.txt': t('1'), 'b/': '', 'b/2.txt': t('2'), 'c.txt': t('c'), 'd/': '', 'd/4.txt': t('4') },
    here: (files, top) => {
      files.unlink(`${top}/a/1.txt`);
      files.rmdir(`${top}/a`);
      files.writeText(`${top}/d/4.txt`, t('IV'));
    },
    there: (there) => [remove(there, 'b'), remove(there, 'c.txt'), remove(there, 'd')],
    after: { 'd/': '', 'd/4.txt': t('IV') },
  },
  {
    name: 'both edit one file',
    before: { 'a.txt': t('a') },
    here: (files, top) => files.writeText(`${top}/a.txt`, t('mine')),
    there: (there) => [update(there, 'a.txt', t('theirs'))],
    after: { 'a (conflict).txt': t('mine'), 'a.txt': t('theirs') },
  },
  {
    name: 'two files exchange their names here, two others there',
    before: { 'a.txt': t('a'), 'b.txt': t('b'), 'c.txt': t('c'), 'd.txt': t('d') },
    here: (files, top) => {
      files.rename(`${top}/a.txt`, `${top}/t.txt`);
      files.rename(`${top}/b.txt`, `${top}/a.txt`);
      files.rename(`${top}/t.txt`, `${top}/b.txt`);
    },
    there: (there) => [move(there, 'c.txt', '', 'u.txt'), move(there, 'd.txt', '', 'c.txt'), move(there, 'c.txt', '', 'd.txt')],
    after: { 'a.txt': t('b'), 'b.txt': t('a'), 'c.txt': t('d'), 'd.txt': t('c') },
  },
  {
    name: 'a file becomes a folder here, a folder a file there',
    before: { a: t('a'), 'b/': '', 'b/2.txt': t('2') },
    here: (files, top) => {
      files.unlink(`${top}/a`);
      files.mkdir(`${top}/a`);
      files.writeText(`${top}/a/1.txt`, t('1'));
    },
    there: (there) => [remove(there, 'b'), make(there.id(''), 'b', t('b'))],
    after: { 'a/': '', 'a/1.txt': t('1'), b: t('b') },
  },
  {
    name: 'everything was forgotten: both sides are united',
    before: { 'a.txt': t('a'), 'b/': '', 'b/2.txt': t('2') },
    here: (files, top) => files.writeText(`${top}/b/3.txt`, t('3')),
    there: ({ id }) => [make(id('b'), '4.txt', t('4'))],
    forgets: true,
    after: { 'a.txt': t('a'), 'b/': '', 'b/2.txt': t('2'), 'b/3.txt': t('3'), 'b/4.txt': t('4') },
  },
];

const textsOf = (story: Story): string[] =>
  [...'abcdABCD1234', 'I', 'II', 'IV', 'mine', 'theirs'].map(t).concat(Object.values(story.before));

/** Plays a story with what goes wrong; returns what was not as it must be. */
export async function playStory(story: Story, seed: number, mishaps: readonly Mishap[]): Promise<{ problems: string[]; stage: Stage }> {
  const stage = new Stage(seed, textsOf(story));
  const top = `${stage.top}/story`;
  stage.files.mkdir(top);
  for (const [path, text] of Object.entries(story.before)) {
    if (path.endsWith('/')) stage.files.mkdir(`${top}/${path.slice(0, -1)}`);
    else stage.files.writeText(`${top}/${path}`, text);
  }
  await stage.agree();
  story.here?.(stage.files, top);
  const nodes = stage.trees.get('story')!;
  const there = { id: (path: string) => nodes.get(path)!.id, version: (path: string) => nodes.get(path)!.version };
  stage.actThere(textsOf(story), story.there?.(there) ?? []);
  if (story.forgets === true) stage.pc.loseDatabase();
  const broken = await stage.play(mishaps);
  const { disk, server } = stage.ended('story', false);
  const plain = (tree: Paths): string =>
    JSON.stringify(
      Object.entries(tree)
        .map(([path, text]) => [plainName(path), text])
        .sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    );
  const hashes = Object.fromEntries(Object.entries(story.after).map(([path, text]) => [path, path.endsWith('/') ? '' : sha256(text)]));
  const problems = [...broken];
  if (plain(disk) !== plain(story.after)) problems.push(`disk ${plain(disk)}, expected ${plain(story.after)}`);
  if (plain(server) !== plain(hashes)) problems.push(`server ${plain(server)}`);
  // T12, E4: nothing is committed twice, whatever happens in between.
  const made = stage.commits.filter(({ kind }) => kind === 'create_file' || kind === 'update_content').length;
  const most = Object.values(story.after).filter(
    (text) => text !== '' && !stage.brought.has(text) && !Object.values(story.before).includes(text),
  ).length;
  if (made > most) problems.push(`${made} contents were committed, ${most} are new`);
  return { problems: problems.map((problem) => `${story.name}: ${problem} ${JSON.stringify(mishaps)} seed ${seed}`), stage };
}
