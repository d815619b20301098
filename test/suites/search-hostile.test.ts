import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { mostTextBytes } from '../../server/search/extract/text-collector.ts';
import { makeSearchIndexer } from '../../server/search/indexer.ts';
import { renewIndex } from '../../server/search/versions.ts';
import { makeServices, type TestServices } from '../support/server-services.ts';
import { searchDesk, type SearchDesk } from './search-desk.ts';

const fixtures = path.join(import.meta.dirname, '..', 'fixtures', 'previews');

let made: TestServices;
let desk: SearchDesk;
beforeAll(async () => {
  made = await makeServices();
  desk = await searchDesk(made);
});
afterAll(async () => {
  await desk.close();
  await made.close();
});

async function zip(parts: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const file = new ZipFile();
  for (const [name, bytes] of Object.entries(parts)) file.addBuffer(Buffer.from(bytes as string), name);
  file.end();
  const pieces: Buffer[] = [];
  for await (const piece of file.outputStream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
const word = (body: string | Buffer) => zip({ 'word/document.xml': body });
const paragraph = (text: string) => `<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:body></w:document>`;
const outcomes = async () => {
  const rows = await made.services.database.selectFrom('search_texts').select(['content_hash', 'outcome', 'truncated']).execute();
  return new Map(rows.map((row) => [row.content_hash, row]));
};

it('survives bombs, broken and encrypted files: each is marked, tried once, and the next one is read', async () => {
  const place = await desk.space();
  const entities = `<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>${paragraph('&b;&b;')}`;
  const files = {
    'bomb.docx': await word(Buffer.alloc(97 * 1_048_576, 0x20)),
    'quadratic.docx': await word(entities),
    'cut.docx': (await word(paragraph('途中まで'))).subarray(0, 60),
    'encrypted.pdf': await readFile(path.join(fixtures, 'encrypted.pdf')),
    'polyglot.pdf': Buffer.concat([Buffer.from('%PDF-1.7\n'), await word(paragraph('二つの顔'))]),
    'other.zip': await zip({ 'a.txt': '書庫の中身' }),
    'good.docx': await word(paragraph('無事なぶんしょう')),
  };
  const hashes = new Map<string, string>();
  for (const [name, bytes] of Object.entries(files)) hashes.set((await desk.file(place, name, bytes)).content!.contentHash, name);
  await desk.indexer.work();
  const found = Object.fromEntries([...(await outcomes()).values()].map((row) => [hashes.get(row.content_hash), row.outcome]));
  expect(found).toMatchObject({
    'bomb.docx': 'too_large',
    'quadratic.docx': 'damaged',
    'cut.docx': 'damaged',
    'encrypted.pdf': 'encrypted',
    'other.zip': 'none',
    'good.docx': 'text',
  });
  expect(['damaged', 'none']).toContain(found['polyglot.pdf']);
  expect(await desk.names('ぶんしょう', { spaceId: place.id })).toEqual(['good.docx']);
  expect((await desk.search('無い', { spaceId: place.id })).pending).toBe(0);
});

it('reads the first two mebibytes of a text and says that there was more', async () => {
  const place = await desk.space();
  const line = 'あ'.repeat(20) + '\n';
  const lines = Math.ceil(mostTextBytes / Buffer.byteLength(line));
  const file = await desk.file(place, 'long.txt', `はじまり\n${line.repeat(lines - 10)}まんなか\n${line.repeat(20)}おしまい`);
  await desk.indexer.work();
  const kept = (await outcomes()).get(file.content!.contentHash);
  expect(kept).toMatchObject({ outcome: 'text', truncated: 1 });
  const found = await Promise.all(['はじまり', 'まんなか', 'おしまい'].map((text) => desk.names(text, { spaceId: place.id })));
  expect(found).toEqual([['long.txt'], ['long.txt'], []]);
  expect((await desk.search('まんなか', { spaceId: place.id })).hits[0]!.excerpt).toMatch(/^….*まんなか.*…$/);
});

it('keeps a document’s parts apart: cells, readings of kanji, what was deleted, numbers that only point', async () => {
  const place = await desk.space();
  const strings = '<sst><si><t>東京</t><rPh><t>トウキョウ</t></rPh></si><si><r><t>大</t></r><r><t>阪</t></r></si></sst>';
  const sheet =
    '<worksheet><row><c t="s"><v>777</v></c><c><v>4242</v></c><c t="inlineStr"><is><t>直書き</t></is></c><c><f>SUM(A1)</f><v>88</v></c></row></worksheet>';
  await desk.file(
    place,
    'book.xlsx',
    await zip({ 'xl/workbook.xml': '<workbook/>', 'xl/sharedStrings.xml': strings, 'xl/worksheets/sheet1.xml': sheet }),
  );
  const body =
    '<w:document xmlns:w="w"><w:p><w:t>残った</w:t><w:delText>消した</w:delText><w:instrText>PAGE</w:instrText></w:p><w:p><w:t>次の段落</w:t></w:p></w:document>';
  await desk.file(place, 'text.docx', await word(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(body, 'utf16le')])));
  await desk.indexer.work();
  const finds = async (text: string) => (await desk.names(text, { spaceId: place.id })).length > 0;
  for (const text of ['東京', '大阪', '4242', '直書き', '88', '残った', '次の段落'])
    expect([text, await finds(text)]).toEqual([text, true]);
  for (const text of ['トウキョウ', '777', 'SUM', '消した', 'PAGE', '東京大阪', '残った次'])
    expect([text, await finds(text)]).toEqual([text, false]);
});

it('tries what an older reader gave up, and nothing else', async () => {
  const place = await desk.space();
  await desk.file(place, 'open.docx', await word('<w:document><w:t>切れた文'));
  await desk.file(place, 'good.docx', await word(paragraph('よめるぶんしょう')));
  await desk.indexer.work();
  const before = await outcomes();
  const asked: string[] = [];
  const run: typeof desk.sandbox.run = async (job) => {
    asked.push(job.module.href);
    return { kind: 'failed', reason: 'damaged' };
  };
  const { database } = made.services;
  await database.updateTable('search_texts').set({ extractor: 0 }).execute();
  await database.insertInto('search_versions').values({ name: 'extractor', version: 0 }).execute();
  await renewIndex(database);
  const failed = [...before.values()].filter(({ outcome }) => outcome !== 'text').length;
  expect((await desk.search('無い', { spaceId: place.id })).pending).toBe(1);
  await makeSearchIndexer(made.services, { ...desk.sandbox, run }).work();
  expect(asked).toHaveLength(failed);
  expect((await desk.search('無い', { spaceId: place.id })).pending).toBe(0);
  expect(await desk.names('よめる', { spaceId: place.id })).toEqual(['good.docx']);
});
