import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTwoDevices, pause, SyncDevice, until } from './sync-device.ts';
import { startServerProcess, type ServerProcess } from './support/server-process.ts';

let server: ServerProcess;
let a: SyncDevice;
let b: SyncDevice;

beforeAll(async () => {
  server = await startServerProcess();
  [a, b] = await openTwoDevices(server.url);
});
afterAll(async () => {
  await a?.close();
  await b?.close();
  await server?.close();
});

let count = 0;
/** A folder of the test's own on both disks, with some files in it. */
async function shared(files: Record<string, string>): Promise<string> {
  const folder = `test-${(count += 1)}`;
  mkdirSync(a.at(folder));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(a.at(`${folder}/${name}/..`), { recursive: true });
    writeFileSync(a.at(`${folder}/${name}`), text);
  }
  await a.settle();
  await b.settle();
  expect(b.tree(folder)).toEqual(a.tree(folder));
  return folder;
}
async function bothSettle(): Promise<void> {
  await a.settle();
  await b.settle();
  await a.settle();
}
const mutations = (device: SyncDevice): string[] => device.calls.filter((name) => name === 'drive.mutate');

describe('two devices and a server', () => {
  it('start with the same files', () => {
    expect(Object.keys(a.tree()).length).toBeGreaterThan(10);
    expect(b.tree()).toEqual(a.tree());
  });

  it('pass an edit on without anybody asking, by hints of watcher and server alone', async () => {
    const folder = await shared({ 'note.txt': 'first' });
    writeFileSync(a.at(`${folder}/note.txt`), 'second, longer');
    await until(() => b.read(`${folder}/note.txt`) === 'second, longer', 'the edit on the other disk');
    await a.rest();
    expect(a.tree(folder)).toEqual(b.tree(folder));
  });

  it('follow the rename of a folder as one rename, without moving a byte', async () => {
    const folder = await shared({ 'old/one.txt': '1', 'old/two.txt': '2', 'old/deep/three.txt': '3' });
    const inode = statSync(a.at(`${folder}/old/deep/three.txt`)).ino;
    a.calls = [];
    b.calls = [];
    renameSync(b.at(`${folder}/old`), b.at(`${folder}/new`));
    await b.settle();
    await a.settle();
    expect(a.tree(folder)).toEqual(b.tree(folder));
    expect(statSync(a.at(`${folder}/new/deep/three.txt`)).ino).toBe(inode);
    expect(mutations(b)).toHaveLength(1);
    expect([...a.calls, ...b.calls].filter((name) => name === 'pack' || name === 'chunks')).toEqual([]);
  });

  it('keep both versions on both disks when both edit one file while one of them is offline', async () => {
    const folder = await shared({ 'plan.docx': 'agreed' });
    b.offline();
    writeFileSync(b.at(`${folder}/plan.docx`), 'written by B');
    writeFileSync(a.at(`${folder}/plan.docx`), 'written by A');
    await a.settle();
    await pause(300);
    b.online();
    await bothSettle();
    const tree = a.tree(folder);
    expect(b.tree(folder)).toEqual(tree);
    expect(tree[`${folder}/plan.docx`]).toBe('written by A');
    const copies = Object.keys(tree).filter((name) => name.includes('(conflict'));
    expect(copies).toHaveLength(1);
    expect(copies[0]).toMatch(/plan \(conflict PC-B \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\)\.docx$/);
    expect(tree[copies[0]!]).toBe('written by B');
    expect(b.issues()).toContainEqual(expect.objectContaining({ kind: 'conflict', path: `${folder}/plan.docx`, otherPath: copies[0] }));
  });

  it('make no copy when both wrote the same', async () => {
    const folder = await shared({ 'same.txt': 'old' });
    b.offline();
    for (const device of [a, b]) writeFileSync(device.at(`${folder}/same.txt`), 'the same new text');
    await a.settle();
    b.online();
    await bothSettle();
    expect(Object.keys(b.tree(folder))).toEqual([`${folder}/same.txt`]);
  });

  it('bring an edited file back that the other one deleted, and delete one that nobody touched', async () => {
    const folder = await shared({ 'sub/edited.txt': 'old', 'sub/left.txt': 'left' });
    b.offline();
    rmSync(a.at(`${folder}/sub`), { recursive: true });
    await a.settle();
    writeFileSync(b.at(`${folder}/sub/edited.txt`), 'worth keeping');
    b.online();
    await bothSettle();
    expect(a.tree(folder)).toEqual({ [`${folder}/sub/`]: '', [`${folder}/sub/edited.txt`]: 'worth keeping' });
    expect(b.tree(folder)).toEqual(a.tree(folder));
  });

  it('delete a folder as one thing, which comes back from the trash whole, and only what was seen of it', async () => {
    const folder = await shared({ 'gone/one.txt': '1', 'gone/deep/two.txt': '2' });
    const { cursor } = await a.server['drive.changes']({ spaceId: a.space.id, cursor: null });
    writeFileSync(a.at(`${folder}/gone/late.txt`), 'late');
    await a.settle();
    const { nodes } = await a.server['drive.changes']({ spaceId: a.space.id, cursor: null });
    const { id } = nodes.find(({ name }) => name === 'gone')!;
    const key = '00000000-0000-4000-8000-000000000002';
    const blind = { key, kind: 'delete', nodeId: id, baseVersion: 0, baseSequence: cursor.sequence } as const;
    const { results } = await a.server['drive.mutate']({ spaceId: a.space.id, mutations: [blind] });
    expect(results).toMatchObject([{ kind: 'conflict', reason: 'not_empty' }]);
    await bothSettle();
    const before = b.tree(folder);
    a.calls = [];
    rmSync(a.at(`${folder}/gone`), { recursive: true });
    await a.settle();
    await b.settle();
    expect(mutations(a)).toHaveLength(1);
    expect(b.tree(folder)).toEqual({});
    const trash = await a.server['drive.trash']({ spaceId: a.space.id });
    expect(trash.nodes.filter(({ path }) => path.includes(folder)).map(({ node }) => node.name)).toEqual(['gone']);
    const restore = { key: key.replace(/2$/, '3'), kind: 'restore', nodeId: id } as const;
    await a.server['drive.mutate']({ spaceId: a.space.id, mutations: [restore] });
    await bothSettle();
    expect(a.tree(folder)).toEqual(before);
    expect(b.tree(folder)).toEqual(before);
  });

  it('keep what an editor saves by writing another file as the same node, with its versions', async () => {
    const folder = await shared({ 'saved.txt': 'one' });
    writeFileSync(a.at(`${folder}/.saved.swp`), 'two');
    renameSync(a.at(`${folder}/.saved.swp`), a.at(`${folder}/saved.txt`));
    await a.settle();
    const { nodes } = await a.server['drive.changes']({ spaceId: a.space.id, cursor: null });
    const node = nodes.find(({ name }) => name === 'saved.txt');
    expect(node).toMatchObject({ version: 2 });
    await b.settle();
    expect(b.read(`${folder}/saved.txt`)).toBe('two');
  });

  it('exchange two names, move a file over a deleted one, and turn a file into a folder', async () => {
    const folder = await shared({ a: 'was a', b: 'was b', 'old.txt': 'old', 'draft.txt': 'draft', thing: 'file' });
    renameSync(a.at(`${folder}/a`), a.at(`${folder}/x`));
    renameSync(a.at(`${folder}/b`), a.at(`${folder}/a`));
    renameSync(a.at(`${folder}/x`), a.at(`${folder}/b`));
    renameSync(a.at(`${folder}/draft.txt`), a.at(`${folder}/old.txt`));
    unlinkSync(a.at(`${folder}/thing`));
    mkdirSync(a.at(`${folder}/thing`));
    writeFileSync(a.at(`${folder}/thing/inside.txt`), 'inside');
    await bothSettle();
    expect(b.tree(folder)).toEqual(a.tree(folder));
    expect(b.read(`${folder}/a`)).toBe('was b');
    expect(b.read(`${folder}/old.txt`)).toBe('draft');
    expect(b.read(`${folder}/thing/inside.txt`)).toBe('inside');
  });

  it('carry the executable bit and the time of writing', async () => {
    const folder = await shared({ 'run.sh': '#!/bin/sh\n', 'old.txt': 'old' });
    chmodSync(a.at(`${folder}/run.sh`), 0o755);
    utimesSync(a.at(`${folder}/old.txt`), 1_000_000_000, 1_000_000_000);
    writeFileSync(a.at(`${folder}/dated.txt`), 'dated');
    utimesSync(a.at(`${folder}/dated.txt`), 1_200_000_000, 1_200_000_000);
    await bothSettle();
    expect(statSync(b.at(`${folder}/run.sh`)).mode & 0o111).not.toBe(0);
    expect(statSync(b.at(`${folder}/dated.txt`)).mtimeMs).toBe(1_200_000_000_000);
  });

  it('send only what changed of a large file, and fetch only that', async () => {
    const bytes = randomBytes(24 * 1024 * 1024);
    const folder = await shared({ 'large.bin': '' });
    writeFileSync(a.at(`${folder}/large.bin`), bytes);
    await a.settle();
    await b.settle();
    const before = { up: a.engine.traffic.bytesUp, down: b.engine.traffic.bytesDown };
    writeFileSync(
      a.at(`${folder}/large.bin`),
      Buffer.concat([bytes.subarray(0, 10_000_000), randomBytes(4096), bytes.subarray(10_000_000)]),
    );
    await a.settle();
    await b.settle();
    expect(statSync(b.at(`${folder}/large.bin`)).size).toBe(bytes.length + 4096);
    expect(a.engine.traffic.bytesUp - before.up).toBeLessThan(9_000_000);
    expect(b.engine.traffic.bytesDown - before.down).toBeLessThan(9_000_000);
  });

  it('do nothing at all when nothing has changed, nor after a touch', async () => {
    const folder = await shared({ 'still.txt': 'still' });
    await bothSettle();
    a.calls = [];
    await a.settle();
    expect(a.calls.every((name) => name === 'drive.changes')).toBe(true);
    utimesSync(a.at(`${folder}/still.txt`), new Date(), new Date());
    await a.settle();
    expect(mutations(a)).toEqual([]);
    await a.restart();
    await a.rest();
    expect(mutations(a)).toEqual([]);
    expect(a.calls).not.toContain('pack');
    expect(a.calls).not.toContain('chunks');
  });

  it('unite without a transfer when a state is lost', async () => {
    const folder = await shared({ 'kept.txt': 'kept', 'sub/more.txt': 'more' });
    const other = await SyncDevice.open(server.url, { member: 'suzuki', name: 'PC-C' });
    await other.settle();
    const files = other.tree();
    await other.engine.stop();
    const again = await SyncDevice.open(server.url, { member: 'suzuki', folder: other.folder, name: 'PC-C' });
    await again.settle();
    expect(again.tree()).toEqual(files);
    expect(mutations(again)).toEqual([]);
    expect(again.calls).not.toContain('chunks');
    expect(again.tree(folder)).toEqual(a.tree(folder));
    await again.close();
    await other.close();
  });

  it('leave links and droppings alone, and list the links', async () => {
    const folder = await shared({ 'real.txt': 'real' });
    symlinkSync('real.txt', a.at(`${folder}/link.txt`));
    writeFileSync(a.at(`${folder}/.DS_Store`), 'droppings');
    writeFileSync(a.at(`${folder}/notes.txt~`), 'a backup is somebody’s data');
    await bothSettle();
    expect(Object.keys(b.tree(folder))).toEqual([`${folder}/notes.txt~`, `${folder}/real.txt`]);
    expect(a.issues()).toContainEqual(expect.objectContaining({ reason: 'not_a_file', path: `${folder}/link.txt` }));
  });

  it('accept odd names, map twins of one name apart, and refuse what is too long with the reason', async () => {
    const folder = await shared({});
    const nfd = 'が.txt'.normalize('NFD');
    const names = ['CON', 'trailing.', ' spaces ', 'a:b?.txt', nfd, 'が.txt'.normalize('NFC'), '会'.repeat(60)];
    for (const name of names) writeFileSync(a.at(`${folder}/${name}`), `called ${name}`);
    const long = 'x'.repeat(201);
    writeFileSync(a.at(`${folder}/${long}`), 'too long');
    await bothSettle();
    expect(a.issues()).toContainEqual(expect.objectContaining({ kind: 'skipped', reason: 'name_too_long', path: `${folder}/${long}` }));
    expect(a.read(`${folder}/${long}`)).toBe('too long');
    const there = b.tree(folder);
    for (const name of ['CON', 'trailing.', ' spaces ', 'a:b?.txt', 'が.txt']) expect(there[`${folder}/${name}`]).toBe(`called ${name}`);
    expect(there[`${folder}/が (2).txt`]).toBe(`called ${nfd}`);
    expect(Object.keys(a.tree(folder))).toContain(`${folder}/${nfd}`);
    await a.restart();
    await a.settle();
    expect(b.tree(folder)).toEqual(there);
  });

  it('shorten a name that this disk cannot hold, and keep it on the server', async () => {
    const folder = await shared({ 'x.txt': 'x' });
    const name = `${'会議'.repeat(60)}.txt`;
    const { nodes } = await a.server['drive.changes']({ spaceId: a.space.id, cursor: null });
    const node = nodes.find(
      (candidate) => candidate.name === 'x.txt' && nodes.some(({ id, name: at }) => id === candidate.parentId && at === folder),
    )!;
    const key = '00000000-0000-4000-8000-000000000001';
    await a.server['drive.mutate']({
      spaceId: a.space.id,
      mutations: [{ key, kind: 'move', nodeId: node.id, parentId: node.parentId!, name }],
    });
    await bothSettle();
    const [file] = Object.keys(b.tree(folder));
    expect(file).toMatch(/~[0-9a-f]{8}\.txt$/);
    expect(b.issues()).toContainEqual(expect.objectContaining({ reason: 'name_mapped', otherPath: file, path: `${folder}/${name}` }));
    appendFileSync(b.at(file!), ' edited');
    await bothSettle();
    expect(a.read(file!)).toBe('x edited');
    const after = await a.server['drive.changes']({ spaceId: a.space.id, cursor: null });
    expect(after.nodes.find(({ id }) => id === node.id)).toMatchObject({ name, version: 2 });
  });
});
