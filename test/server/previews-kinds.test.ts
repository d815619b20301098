import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Preview } from '#shared/model/preview.ts';
import type { FoundFile } from '../../server/content/find-file.ts';
import { onePage } from '../support/pdf-parts.ts';
import { isAbout, isDark, pixelsOf, type Pixels } from '../support/pixels.ts';
import { fixture, openPreviewBench, viewer, type PreviewBench } from '../support/preview-bench.ts';

let bench: PreviewBench;
beforeAll(async () => {
  bench = await openPreviewBench();
});
afterAll(() => bench.close());

const describe = async (name: string, bytes: Uint8Array): Promise<Preview> => bench.describe(await bench.store(name, bytes));
async function picture(file: FoundFile, page = 1, width = 960): Promise<Pixels> {
  const made = await bench.previews.picture(viewer, file, page, width);
  if (made.kind === 'none') throw new Error(made.reason);
  return pixelsOf(made.bytes);
}

const red: [number, number, number] = [204, 0, 0];
const left = sharp({ create: { width: 40, height: 20, channels: 3, background: '#cc0000' } }).composite([
  { input: { create: { width: 20, height: 20, channels: 3, background: '#0000cc' } }, left: 20, top: 0 },
]);

test('pictures of every kind that the table names are shown, red on the left and blue on the right', async () => {
  const bitmap = Buffer.alloc(54 + 40 * 20 * 3);
  bitmap.write('BM');
  bitmap.writeUInt32LE(bitmap.length, 2);
  bitmap.writeUInt32LE(54, 10);
  bitmap.writeUInt32LE(40, 14);
  bitmap.writeInt32LE(40, 18);
  bitmap.writeInt32LE(20, 22);
  bitmap.writeUInt16LE(1, 26);
  bitmap.writeUInt16LE(24, 28);
  for (let at = 0; at < 40 * 20; at += 1) bitmap.set(at % 40 < 20 ? [0, 0, 204] : [204, 0, 0], 54 + at * 3);
  const kinds: Record<string, Uint8Array> = {
    'a.jpg': await left.clone().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(),
    'a.png': await left.clone().png().toBuffer(),
    'a.gif': await left.clone().gif().toBuffer(),
    'a.webp': await left.clone().webp({ lossless: true }).toBuffer(),
    'a.avif': await left.clone().avif({ lossless: true }).toBuffer(),
    'a.tiff': await left.clone().tiff().toBuffer(),
    'a.bmp': bitmap,
    'a.svg': Buffer.from(
      '<?xml version="1.0"?><!-- ours --><svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="20" height="20" fill="#cc0000"/><rect x="20" width="20" height="20" fill="#0000cc"/></svg>',
    ),
  };
  for (const [name, bytes] of Object.entries(kinds)) {
    const file = await bench.store(name, bytes);
    const shown = await bench.describe(file);
    expect([name, shown.kind]).toEqual([name, 'image']);
    const pixels = await picture(file, 1, 256);
    expect([name, isAbout(red, 40)(pixels.at(0.2, 0.5)), isAbout([0, 0, 204], 40)(pixels.at(0.8, 0.5))]).toEqual([name, true, true]);
  }
});

test('a picture is turned as the camera was held, keeps no metadata, and moves no longer', async () => {
  const turned = await left
    .clone()
    .withMetadata({ orientation: 6 })
    .withExif({ IFD0: { Copyright: 'Sato Hanako' } })
    .jpeg()
    .toBuffer();
  expect(turned.includes('Sato Hanako')).toBe(true);
  const file = await bench.store('photo.jpg', turned);
  expect(await bench.describe(file)).toMatchObject({ kind: 'image', widthPixels: 20, heightPixels: 40 });
  const made = await bench.previews.picture(viewer, file, 1, 256);
  expect(made.kind === 'picture' && Buffer.from(made.bytes).includes('Sato Hanako')).toBe(false);
  expect((await picture(file)).height).toBe(40);
  const frames = await sharp([await left.clone().png().toBuffer(), await left.clone().negate().png().toBuffer()], {
    join: { animated: true },
  })
    .gif({ delay: [50, 50] })
    .toBuffer();
  const moving = await bench.store('moving.gif', frames);
  expect(await bench.describe(moving)).toMatchObject({ widthPixels: 40, heightPixels: 20 });
  expect(isAbout(red, 40)((await picture(moving)).at(0.2, 0.5))).toBe(true);
});

test('a PDF is shown by page, also one whose Japanese font is not in it', async () => {
  const file = await bench.store('document.pdf', await fixture('document.pdf'));
  expect(await bench.describe(file)).toMatchObject({
    kind: 'pages',
    of: 'pages',
    count: 2,
    widthPoints: expect.closeTo(595, 0),
  });
  const [first, second] = [await picture(file), await picture(file, 2)];
  expect(first.share([0.12, 0.06, 0.9, 0.12], isAbout(red))).toBeGreaterThan(0.5);
  expect(first.share([0.1, 0.13, 0.6, 0.42], isDark)).toBeGreaterThan(0.02);
  expect(first.share([0.1, 0.5, 0.9, 0.95], isDark)).toBe(0);
  expect(second.share([0.12, 0.06, 0.9, 0.09], isAbout([0, 0, 204]))).toBeGreaterThan(0.3);
  const kanji = Buffer.from([0x89, 0xef, 0x8b, 0x63, 0x8e, 0x91, 0x97, 0xbf]).toString('hex');
  const bare = onePage(`BT /F1 60 Tf 50 600 Td <${kanji}> Tj ET`, '<< /Font << /F1 5 0 R >> >>', [
    '<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiKakuGo-W5-90ms-RKSJ-H /Encoding /90ms-RKSJ-H /DescendantFonts [6 0 R] >>',
    '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiKakuGo-W5 /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> /FontDescriptor 7 0 R /DW 1000 >>',
    '<< /Type /FontDescriptor /FontName /HeiseiKakuGo-W5 /Flags 4 /FontBBox [-92 -250 1010 922] /ItalicAngle 0 /Ascent 752 /Descent -221 /CapHeight 737 /StemV 114 >>',
  ]);
  const pixels = await picture(await bench.store('bare.pdf', bare));
  // Four dense signs in a row, and nothing where none is.
  for (const sign of [0, 1, 2, 3]) {
    expect(pixels.share([(50 + sign * 60) / 600, 0.18, (110 + sign * 60) / 600, 0.26], isDark)).toBeGreaterThan(0.1);
  }
  expect(pixels.share([0.6, 0.1, 1, 1], isDark)).toBe(0);
});

test('documents of Word and OpenDocument are pages, with their Japanese', async () => {
  for (const name of ['document.docx', 'document.doc']) {
    const file = await bench.store(name, await fixture(name));
    expect([name, await bench.describe(file)]).toMatchObject([name, { kind: 'pages', of: 'pages', count: 2 }]);
    const pixels = await picture(file);
    expect(pixels.share([0.12, 0.06, 0.9, 0.12], isAbout(red))).toBeGreaterThan(0.5);
    expect(pixels.share([0.1, 0.13, 0.6, 0.42], isDark)).toBeGreaterThan(0.02);
  }
});

test('every sheet of a spreadsheet is a page, and a long one goes over several that can be read', async () => {
  const file = await bench.store('sheets.xlsx', await fixture('sheets.xlsx'));
  expect(await bench.describe(file)).toMatchObject({ kind: 'pages', of: 'sheets', count: 2 });
  expect((await picture(file)).share([0, 0, 1, 0.08], isAbout([0, 136, 0]))).toBeGreaterThan(0.5);
  const long = await bench.store('long.xlsx', await fixture('long.xlsx'));
  expect(await bench.describe(long)).toMatchObject({
    kind: 'pages',
    of: 'sheets',
    count: 6,
    widthPoints: expect.closeTo(595, 0),
  });
});

test('presentations are slides', async () => {
  const file = await bench.store('slides.pptx', await fixture('slides.pptx'));
  const shown = await bench.describe(file);
  expect(shown).toMatchObject({ kind: 'pages', of: 'slides', count: 3 });
  const pixels = await picture(file, 3);
  expect(pixels.width / pixels.height).toBeCloseTo(16 / 9, 1);
  expect(pixels.share([0.08, 0.1, 0.92, 0.2], isAbout([255, 136, 0]))).toBeGreaterThan(0.4);
});

test('text comes as text, in whatever encoding it is, with what it is to be shown as', async () => {
  const shiftJis = Buffer.from([0x89, 0xef, 0x8b, 0x63, 0x82, 0xcc, 0x8e, 0x91, 0x97, 0xbf]);
  expect(await describe('memo.txt', shiftJis)).toEqual({
    kind: 'text',
    format: 'plain',
    language: null,
    text: '会議の資料',
    truncated: false,
  });
  expect(await describe('README.md', Buffer.from('# 題'))).toMatchObject({ format: 'markdown', text: '# 題' });
  expect(await describe('売上.csv', Buffer.from('月,額\r\n1,2\r\n'))).toMatchObject({ format: 'csv' });
  expect(await describe('main.ts', Buffer.from('const a = 1;'))).toMatchObject({ format: 'code', language: 'typescript' });
  expect(await describe('deploy', Buffer.from('#!/bin/sh\necho x\n'))).toMatchObject({ format: 'code', language: 'bash' });
  expect(await describe('page.html', Buffer.from('<html><script>alert(1)</script></html>'))).toMatchObject({
    format: 'code',
    language: 'html',
  });
  expect(await describe('empty', Buffer.alloc(0))).toMatchObject({ kind: 'text', text: '', truncated: false });
  const long = await describe('long.log', Buffer.from('あ'.repeat(400_001)));
  expect(long.kind === 'text' && [long.text.length, long.truncated]).toEqual([400_000, true]);
});

test('what a person plays is played from the file itself', async () => {
  const wave = Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(4), Buffer.from('WAVEfmt '), Buffer.alloc(40)]);
  expect(await describe('voice.wav', wave)).toEqual({ kind: 'media', of: 'audio', mediaType: 'audio/wav' });
  const movie = Buffer.concat([
    Buffer.from([0, 0, 0, 24]),
    Buffer.from('ftypisom'),
    Buffer.from([0, 0, 2, 0]),
    Buffer.from('isomiso2'),
    Buffer.alloc(64),
  ]);
  expect(await describe('clip.mp4', movie)).toEqual({ kind: 'media', of: 'video', mediaType: 'video/mp4' });
});

test('a name alone decides nothing, and what is not known shows its properties only', async () => {
  const png = await left.clone().png().toBuffer();
  expect(await describe('report.pdf', png)).toMatchObject({ kind: 'image' });
  expect(await describe('picture.png', await fixture('document.pdf'))).toMatchObject({ kind: 'pages', of: 'pages' });
  expect(await describe('picture.png', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200, 3)]))).toEqual({
    kind: 'none',
    reason: 'unknown_type',
  });
  expect(await describe('document.docx', Buffer.from('not a document'))).toMatchObject({ kind: 'text', format: 'plain' });
  expect(await describe('data.bin', Buffer.from([1, 2, 3, 0, 255, 254]))).toEqual({ kind: 'none', reason: 'unknown_type' });
});

test('without a converter office files say so, and everything else is shown', async () => {
  const bare = await openPreviewBench({ officeProgram: null });
  try {
    const file = await bare.store('document.docx', await fixture('document.docx'));
    expect(await bare.describe(file)).toEqual({ kind: 'none', reason: 'converter_missing' });
    expect(await bare.previews.picture(viewer, file, 1, 256)).toEqual({ kind: 'none', reason: 'converter_missing' });
    expect(await bare.describe(await bare.store('a.png', await left.clone().png().toBuffer()))).toMatchObject({
      kind: 'image',
    });
  } finally {
    await bare.close();
  }
});
