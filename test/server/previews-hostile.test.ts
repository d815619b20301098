import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import type { Preview } from '#shared/model/preview.ts';
import { onePage, pdfOf } from '../support/pdf-parts.ts';
import { isAbout, pixelsOf } from '../support/pixels.ts';
import { fixture, openPreviewBench, viewer, type PreviewBench } from '../support/preview-bench.ts';

let bench: PreviewBench;
beforeAll(async () => {
  bench = await openPreviewBench();
});
afterAll(() => bench.close());

const describe = async (name: string, bytes: Uint8Array): Promise<Preview> => bench.describe(await bench.store(name, bytes));
const none = (reason: string): Preview => ({ kind: 'none', reason });

let colour = 0;
/** After everything that was tried: the server is there, and the next picture is right. */
afterEach(async () => {
  colour += 1;
  const wanted: [number, number, number] = [200, colour * 10, 30];
  const [r, g, b] = wanted;
  const png = await sharp({ create: { width: 30, height: 30, channels: 3, background: { r, g, b } } })
    .png()
    .toBuffer();
  const made = await bench.previews.picture(viewer, await bench.store('next.png', png), 1, 256);
  expect(made.kind === 'picture' && isAbout(wanted, 12)((await pixelsOf(made.bytes)).at(0.5, 0.5))).toBe(true);
});

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
/** A PNG of one bit a pixel and nothing but zeros: 60,000 rows of it are some hundred KB. */
function flood(width: number, height: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc((width / 8 + 1) * Math.min(height, 2_000)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, pngChunk('IHDR', head), pngChunk('IDAT', rows), pngChunk('IEND', Buffer.alloc(0))]);
}

async function zipOf(entries: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(entries)) zip.addBuffer(Buffer.from(text), name, { compress: text.length > 1_000 });
  zip.end();
  const pieces: Buffer[] = [];
  for await (const piece of zip.outputStream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
/** The size of an entry as the directory says it: in place. */
function claiming(zip: Buffer, sizeBytes: number, claimed: number): Buffer {
  const directory = Buffer.from([0x50, 0x4b, 0x01, 0x02]);
  for (let at = zip.indexOf(directory); at >= 0; at = zip.indexOf(directory, at + 4)) {
    if (zip.readUInt32LE(at + 24) === sizeBytes) zip.writeUInt32LE(claimed, at + 24);
  }
  return zip;
}
const types =
  '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>';

test('floods of pixels are refused by what their heads say, in every form', async () => {
  expect(await describe('flood.png', flood(60_000, 60_000))).toEqual(none('too_large'));
  const gif = Buffer.concat([
    Buffer.from('GIF89a'),
    Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0x2c, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 2, 2, 0x4c, 1, 0, 0x3b]),
  ]);
  expect(await describe('flood.gif', gif)).toMatchObject({ kind: 'none' });
  const bitmap = Buffer.alloc(60);
  bitmap.write('BM');
  bitmap.writeInt32LE(60_000, 18);
  bitmap.writeInt32LE(60_000, 22);
  const file = await bench.store('flood.bmp', bitmap);
  expect(await bench.describe(file)).toEqual(none('too_large'));
  expect(await bench.previews.picture(viewer, file, 1, 256)).toEqual(none('too_large'));
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"><rect width="9" height="9"/></svg>';
  expect(await describe('flood.svg', Buffer.from(svg))).toEqual(none('too_large'));
});

test('a TIFF that claims a gigabyte, and one whose pages go in a circle, are refused', async () => {
  const tiff = (entries: readonly (readonly [number, number, number])[], next: number): Buffer => {
    const bytes = Buffer.alloc(8 + 2 + entries.length * 12 + 4);
    bytes.write('II');
    bytes.writeUInt16LE(42, 2);
    bytes.writeUInt32LE(8, 4);
    bytes.writeUInt16LE(entries.length, 8);
    entries.forEach(([tag, type, value], index) => {
      const at = 10 + index * 12;
      bytes.writeUInt16LE(tag, at);
      bytes.writeUInt16LE(type, at + 2);
      bytes.writeUInt32LE(1, at + 4);
      bytes.writeUInt32LE(value, at + 8);
    });
    bytes.writeUInt32LE(next, bytes.length - 4);
    return bytes;
  };
  const claims = (width: number, height: number) =>
    [
      [256, 4, width],
      [257, 4, height],
      [258, 3, 8],
      [259, 3, 1],
      [262, 3, 1],
      [273, 4, 8],
      [277, 3, 1],
      [278, 4, height],
      [279, 4, 1_000_000_000],
    ] as const;
  expect(await describe('claims.tiff', tiff(claims(32_000, 32_000), 0))).toMatchObject({ kind: 'none' });
  const circle = await bench.store('circle.tiff', tiff(claims(1_000, 1_000), 8));
  expect(await bench.previews.picture(viewer, circle, 1, 256)).toMatchObject({ kind: 'none' });
});

test('a drawing reaches no other file and no address, and its entities do not multiply', async () => {
  const secret = path.join(bench.folder, 'secret.png');
  await writeFile(
    secret,
    await sharp({ create: { width: 50, height: 50, channels: 3, background: '#ff0000' } })
      .png()
      .toBuffer(),
  );
  let asked = 0;
  const listener = createServer((_, response) => {
    asked += 1;
    response.end();
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/x.png`;
  const drawing = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY file SYSTEM "file:///etc/passwd">]>
    <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="100"><rect width="100" height="100" fill="#ffffff"/>
    <image xlink:href="file://${secret}" width="50" height="50"/><image href="${secret}" y="50" width="50" height="50"/>
    <image href="${url}" x="50" width="50" height="50"/><style>@import url("${url}");</style><text y="20">&file;</text></svg>`;
  const made = await bench.previews.picture(viewer, await bench.store('drawing.svg', Buffer.from(drawing)), 1, 256);
  listener.close();
  expect(asked).toBe(0);
  if (made.kind === 'picture') expect((await pixelsOf(made.bytes)).share([0, 0, 1, 1], isAbout([255, 255, 255]))).toBe(1);
  else expect(made).toEqual(none('damaged'));
  const laughs = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha">${Array.from({ length: 20 }, (_, at) => `<!ENTITY ${'b'.repeat(at + 1)} "${`&${at === 0 ? 'a' : 'b'.repeat(at)};`.repeat(10)}">`).join('')}]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&${'b'.repeat(20)};</text></svg>`;
  expect(['damaged', 'too_slow', 'too_large']).toContain(
    ((await describe('laughs.svg', Buffer.from(laughs))) as { reason: string }).reason,
  );
});

test('PDFs that are cut off, noise, encrypted, or run in circles say so', async () => {
  const whole = await fixture('document.pdf');
  expect(await describe('cut.pdf', whole.subarray(0, 9_000))).toEqual(none('damaged'));
  expect(await describe('noise.pdf', Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5_000, '\u00a5 obj << ')]))).toEqual(
    none('damaged'),
  );
  expect(await describe('encrypted.pdf', await fixture('encrypted.pdf'))).toEqual(none('encrypted'));
  const circle = pdfOf(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Count 5 /Kids [2 0 R] >>']);
  expect(await describe('circle.pdf', circle)).toEqual(none('damaged'));
  const endless = onePage('/X Do', '<< /XObject << /X 5 0 R >> >>', [
    { entries: '/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /XObject << /X 5 0 R >> >>', stream: '/X Do' },
  ]);
  expect(await describe('endless.pdf', endless)).toMatchObject({ kind: 'pages', count: 1 });
});

test('a PDF of few bytes that draws a hundred million things is ended at its time, once', async () => {
  const form = '/Type /XObject /Subtype /Form /BBox [0 0 600 800]';
  const levels = Array.from({ length: 9 }, (_, level) => ({
    entries: `${form} /Resources << /XObject << /X ${level + 6} 0 R >> >>`,
    stream: level === 8 ? '1 0 0 rg 0 0 100 100 re f' : '/X Do '.repeat(10),
  }));
  const strict = await openPreviewBench({ limits: { milliseconds: 1_500 } });
  const file = await strict.store('laughs.pdf', onePage('/X Do', '<< /XObject << /X 5 0 R >> >>', levels));
  const [one, other] = await Promise.all([strict.previews.picture(viewer, file, 1, 256), strict.previews.picture(viewer, file, 1, 256)]);
  expect([one, other]).toEqual([none('too_slow'), none('too_slow')]);
  // Whoever asks again is told from memory: there is nothing left that could try.
  await strict.sandbox.close();
  expect(await strict.previews.picture(viewer, file, 1, 256)).toEqual(none('too_slow'));
  await strict.close();
});

test('a page tree of a hundred thousand pages is shown up to what is shown of any', async () => {
  const most = 100_000;
  const kids = Array.from({ length: most }, () => '3 0 R').join(' ');
  const tree = pdfOf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${most} /Kids [${kids}] >>`,
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] >>',
  ]);
  expect(await describe('tree.pdf', tree)).toMatchObject({ kind: 'pages', count: 200 });
});

test('documents that unpack to too much are refused before a converter sees them, and encrypted ones say so', async () => {
  const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, at) => [`word/${at}.xml`, '']));
  expect(await describe('many.docx', await zipOf({ '[Content_Types].xml': types, 'word/document.xml': '<x/>', ...many }))).toEqual(
    none('too_large'),
  );
  const bomb = await zipOf({ '[Content_Types].xml': types, 'word/document.xml': Buffer.alloc(2_000_000, ' ') });
  expect(await describe('bomb.docx', claiming(bomb, 2_000_000, 3_000_000_000))).toEqual(none('too_large'));
  const manifest = '<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>';
  const sealed = await zipOf({
    mimetype: 'application/vnd.oasis.opendocument.text',
    'content.xml': 'x',
    'META-INF/manifest.xml': manifest,
  });
  expect(await describe('sealed.odt', sealed)).toEqual(none('encrypted'));
  const wrapping = Buffer.alloc(512 + 512);
  wrapping.set([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
  wrapping.writeUInt16LE(9, 30);
  wrapping.write('EncryptedPackage', 512 + 128, 'utf16le');
  expect(await describe('sealed.docx', wrapping)).toEqual(none('encrypted'));
});

test('a document that lies about its size, or is only called one, is damaged, and the converter ends', async () => {
  const lying = await zipOf({ '[Content_Types].xml': types, 'word/document.xml': Buffer.alloc(40_000_000, '<w:p>') });
  claiming(lying, 40_000_000, 900);
  expect(await describe('lying.docx', lying)).toMatchObject({ kind: 'none', reason: expect.stringMatching(/damaged|too_/) });
});

test('a document brings in nothing from other files of the machine', async () => {
  // Its picture is linked to a file of this name, and its section to a text; neither is in it.
  const made = await bench.previews.picture(viewer, await bench.store('linked.odt', await fixture('linked.odt')), 1, 960);
  if (made.kind === 'none') throw new Error(made.reason);
  const pixels = await pixelsOf(made.bytes);
  expect(pixels.share([0, 0, 1, 1], (rgb) => Math.max(...rgb) - Math.min(...rgb) > 60)).toBe(0);
});

test('files that are two things at once are shown as the first, and none of them runs', async () => {
  const png = await sharp({ create: { width: 20, height: 20, channels: 3, background: '#00aa00' } })
    .png()
    .toBuffer();
  const zip = await zipOf({ 'run.js': 'alert(1)' });
  expect(await describe('both.png', Buffer.concat([png, zip]))).toEqual({ kind: 'image', widthPixels: 20, heightPixels: 20 });
  expect(await describe('both.pdf', Buffer.concat([png, await fixture('document.pdf')]))).toMatchObject({ kind: 'image' });
  const page = Buffer.from('<html><script>alert(1)</script></html>\n%PDF-1.7\n');
  expect(await describe('both.html', page)).toMatchObject({ kind: 'text', format: 'code' });
  expect(await describe('broken.jpg', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(400, 9)]))).toEqual(
    none('damaged'),
  );
});

test('text that is broken is shown with marks where it is, or not as text', async () => {
  const broken = Buffer.concat([
    Buffer.from('Report of the meeting on Monday, with all its figures and names. '.repeat(4)),
    Buffer.from([0xc3, 0x28, 0xff]),
  ]);
  const shown = await describe('broken.txt', broken);
  expect(shown).toMatchObject({ kind: 'text', format: 'plain' });
  expect(shown.kind === 'text' && shown.text.includes('\ufffd')).toBe(true);
  expect(await describe('overlong.txt', Buffer.from(Array.from({ length: 200 }, () => [0xc0, 0x80, 0xf8]).flat()))).toEqual(
    none('unknown_type'),
  );
  const lone = Buffer.from('ok\ud800'.repeat(100), 'utf16le');
  expect(await describe('lone.txt', Buffer.concat([Buffer.from([0xff, 0xfe]), lone]))).toEqual(none('unknown_type'));
});
