import { gzipSync } from 'node:zlib';
import { pack as tar } from 'tar-stream';
import { expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { applyPatch } from '#shared/policy/apply-patch.ts';
import { decideContent, type ContentFacts } from '#shared/policy/decide-content.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import { factsOf } from './archive.ts';
import { memorySource } from './source.ts';

const program = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]);
const gather = async (stream: AsyncIterable<Uint8Array>): Promise<Buffer> => Buffer.concat(await Array.fromAsync(stream));

async function zipOf(entries: Readonly<Record<string, Uint8Array>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, bytes] of Object.entries(entries)) {
    if (name.endsWith('/')) zip.addEmptyDirectory(name);
    else zip.addBuffer(Buffer.from(bytes), name);
  }
  zip.end();
  return gather(zip.outputStream as unknown as AsyncIterable<Uint8Array>);
}

async function tarOf(entries: Readonly<Record<string, Uint8Array>>): Promise<Buffer> {
  const packing = tar();
  for (const [name, bytes] of Object.entries(entries)) packing.entry({ name }, Buffer.from(bytes));
  packing.finalize();
  return gather(packing);
}

/** Sets the bit that says "encrypted" on every entry, in local headers and the central directory. */
function encrypted(zip: Buffer): Buffer {
  const marked = Buffer.from(zip);
  for (let at = 0; at + 4 < marked.length; at += 1) {
    const signature = marked.readUInt32LE(at);
    if (signature === 0x04034b50) marked[at + 6]! |= 1;
    if (signature === 0x02014b50) marked[at + 8]! |= 1;
  }
  return marked;
}

const facts = (bytes: Uint8Array) => factsOf(memorySource(bytes));

test.each([
  ['a Windows program', program, 'exe'],
  ['a Linux program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]), 'elf'],
  ['a script', Buffer.from('#!/bin/sh\necho hello\n'), 'sh'],
  ['a shortcut', Buffer.from([0x4c, 0, 0, 0, 1, 0x14, 2, 0, 0, 0]), 'lnk'],
  [
    'a picture',
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, ...Array(20).fill(0)]),
    'png',
  ],
  ['plain text', Buffer.from('見積書\n#!not at the start'), null],
  ['nothing much', Buffer.from('M'), null],
])('%s is known by its first bytes', async (_what, bytes, type) => {
  expect(await facts(bytes)).toEqual({ type, endings: [], unreadable: false });
});

test('names inside an archive are found, level by level, whatever the archive calls itself', async () => {
  const inner = await zipOf({ 'deep/SETUP.EXE': program, 'readme.txt': Buffer.from('x') });
  const middle = await tarOf({ 'data/inner.zip': inner, 'notes.md': Buffer.from('y') });
  const outer = await zipOf({ 'middle.tar': middle, '図面/': Buffer.alloc(0), '図面/部品.dwg': Buffer.from('z') });
  expect(await facts(outer)).toEqual({ type: 'zip', endings: ['dwg', 'exe', 'md', 'tar', 'txt', 'zip'], unreadable: false });
  expect(await facts(gzipSync(middle))).toEqual({ type: 'tar.gz', endings: ['exe', 'md', 'txt', 'zip'], unreadable: false });
  expect(await facts(gzipSync(program))).toEqual({ type: 'gz', endings: ['exe'], unreadable: false });
});

test('what cannot be looked into is said to be unreadable', async () => {
  const plain = await zipOf({ 'a.txt': Buffer.from('x') });
  expect(await facts(encrypted(plain))).toMatchObject({ endings: ['txt'], unreadable: true });
  let nested = plain;
  for (let level = 0; level < 4; level += 1) nested = await zipOf({ [`level-${level}.zip`]: nested });
  expect(await facts(nested)).toMatchObject({ unreadable: true });
  expect(await facts(plain.subarray(0, plain.length - 30))).toMatchObject({ type: 'zip', unreadable: true });
  expect(await facts(Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4, ...Array(64).fill(0)]))).toMatchObject({
    type: '7z',
    unreadable: true,
  });
});

test('a small archive that unpacks to gigabytes, or holds too many names, costs neither time nor memory', async () => {
  const limits = { depth: 3, entries: 50, expandedBytes: 1_048_576 };
  // A gzip holds one file: its beginning tells the type, and no more of it is unpacked.
  const bomb = gzipSync(Buffer.alloc(200 * 1_048_576));
  expect(await factsOf(memorySource(await tarOf({ 'bomb.gz': bomb })), limits)).toEqual({
    type: 'tar',
    endings: ['gz'],
    unreadable: false,
  });
  expect(await factsOf(memorySource(gzipSync(await tarOf({ 'zeros.bin': Buffer.alloc(4 * 1_048_576) }))), limits)).toMatchObject({
    unreadable: true,
  });
  const many = await zipOf(Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`${index}.txt`, Buffer.from('x')])));
  expect(await factsOf(memorySource(many), limits)).toMatchObject({ unreadable: true });
});

const rules = (patch: Parameters<typeof applyPatch>[1]) => applyPatch(defaultPolicy, patch);
const verdict = (name: string, found: Partial<ContentFacts>, patch: Parameters<typeof applyPatch>[1]): string => {
  const decision = decideContent('drive', name, { type: null, endings: [], unreadable: false, ...found }, rules(patch));
  return decision.effect === 'deny' ? `${decision.reason} ${decision.subject ?? ''}`.trim() : 'allow';
};

test('a blocked type is blocked under any name but those of its own kind', () => {
  const exe = { blockedExtensions: { drive: ['exe'] } };
  expect(verdict('見積書.pdf', { type: 'exe' }, exe)).toBe('file_type_blocked exe');
  expect(verdict('setup', { type: 'exe' }, exe)).toBe('file_type_blocked exe');
  expect(verdict('library.dll', { type: 'exe' }, exe)).toBe('allow');
  expect(verdict('見積書.pdf', { type: 'pdf' }, exe)).toBe('allow');
  expect(verdict('見積書.pdf', { type: 'exe' }, { ...exe, files: { inspectContent: false } })).toBe('allow');
  expect(verdict('photo.jpg', { type: 'zip' }, { blockedExtensions: { drive: ['zip'] } })).toBe('file_type_blocked zip');
  expect(verdict('report.docx', { type: 'zip' }, { blockedExtensions: { drive: ['zip'] } })).toBe('allow');
});

test('a blocked file inside an archive blocks the archive, and so does one that cannot be read where the rule says so', () => {
  const exe = { blockedExtensions: { drive: ['exe', 'tar.gz'] } };
  expect(verdict('a.zip', { type: 'zip', endings: ['txt', 'exe'] }, exe)).toBe('archive_blocked exe');
  expect(verdict('a.zip', { type: 'zip', endings: ['backup.tar.gz'] }, exe)).toBe('archive_blocked tar.gz');
  expect(verdict('a.zip', { type: 'zip', endings: ['txt'], unreadable: true }, exe)).toBe('allow');
  expect(verdict('a.zip', { type: 'zip', endings: ['txt'], unreadable: true }, { ...exe, files: { unreadableArchives: 'block' } })).toBe(
    'archive_unreadable',
  );
});
