import { crc32, inflateRawSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { barChart, controlChart } from './charts.ts';
import { documentFile } from './docx.ts';
import { floorPlan, partDrawing } from './floor-plan.ts';
import { pdfFile } from './pdf.ts';
import { encodePng } from './png.ts';
import { slidesFile } from './pptx.ts';
import { csvFile, textFile } from './text.ts';
import { workbookFile } from './xlsx.ts';

/** Reads a PNG strictly: signature, order and checksums of chunks; gives size and undone pixels. */
function readPng(bytes: Uint8Array) {
  const buffer = Buffer.from(bytes);
  expect(buffer.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
  const types: string[] = [];
  const data: Buffer[] = [];
  let header = Buffer.alloc(0);
  for (let at = 8; at < buffer.length;) {
    const length = buffer.readUInt32BE(at);
    const body = buffer.subarray(at + 4, at + 8 + length);
    expect(buffer.readUInt32BE(at + 8 + length)).toBe(crc32(body));
    const type = body.subarray(0, 4).toString('latin1');
    types.push(type);
    if (type === 'IHDR') header = body.subarray(4);
    if (type === 'IDAT') data.push(body.subarray(4));
    at += 12 + length;
  }
  expect(types).toEqual(['IHDR', 'IDAT', 'IEND']);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const lines = inflateSync(Buffer.concat(data));
  expect(lines.length).toBe((width * 3 + 1) * height);
  const pixels = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row += 1) {
    expect(lines[row * (width * 3 + 1)]).toBe(2);
    for (let index = 0; index < width * 3; index += 1) {
      pixels[row * width * 3 + index] =
        lines[row * (width * 3 + 1) + 1 + index]! + (row === 0 ? 0 : pixels[(row - 1) * width * 3 + index]!);
    }
  }
  return { width, height, pixels };
}

/** Reads a ZIP by its central directory; checks each entry's size and checksum. */
function readZip(bytes: Uint8Array): ReadonlyMap<string, string> {
  const buffer = Buffer.from(bytes);
  const end = buffer.lastIndexOf(Buffer.from('504b0506', 'hex'));
  const entries = new Map<string, string>();
  let at = buffer.readUInt32LE(end + 16);
  for (let index = 0; index < buffer.readUInt16LE(end + 10); index += 1) {
    expect(buffer.readUInt32LE(at)).toBe(0x02014b50);
    const [check, packed, size] = [buffer.readUInt32LE(at + 16), buffer.readUInt32LE(at + 20), buffer.readUInt32LE(at + 24)];
    const nameLength = buffer.readUInt16LE(at + 28);
    const name = buffer.subarray(at + 46, at + 46 + nameLength).toString('utf8');
    const local = buffer.readUInt32LE(at + 42);
    const start = local + 30 + buffer.readUInt16LE(local + 26) + buffer.readUInt16LE(local + 28);
    const content = inflateRawSync(buffer.subarray(start, start + packed));
    expect({ name, size: content.length, check: crc32(content) }).toEqual({ name, size, check });
    entries.set(name, content.toString('utf8'));
    at += 46 + nameLength + buffer.readUInt16LE(at + 30) + buffer.readUInt16LE(at + 32);
  }
  return entries;
}

/** The tags that are closed out of turn or never. */
function unbalancedTags(text: string): readonly string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, closing, tag = '', selfClosing] of text.matchAll(/<(\/?)([A-Za-z_][\w:.-]*)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (closing === '/' && open.pop() !== tag) wrong.push(tag);
    if (closing === '' && selfClosing === '') open.push(tag);
  }
  return [...wrong, ...open];
}

/** The parts that the relationships of one part point at. */
function targetsOf(name: string, text: string): readonly string[] {
  const base = name.replace(/_rels\/[^/]+$/, '');
  return [...text.matchAll(/Target="([^"]+)"/g)].map(([, target = '']) => new URL(target, `file:///${base}`).pathname.slice(1));
}

/** Every XML part has balanced tags, every relationship's target exists, every declared part exists. */
function checkOffice(entries: ReadonlyMap<string, string>): void {
  const names = [...entries.keys()];
  expect([...entries].map(([name, text]) => [name, unbalancedTags(text)])).toEqual(names.map((name) => [name, []]));
  const targets = [...entries].flatMap(([name, text]) => (name.endsWith('.rels') ? targetsOf(name, text) : []));
  const declared = [...entries.get('[Content_Types].xml')!.matchAll(/PartName="\/([^"]+)"/g)].map(([, part = '']) => part);
  expect(targets.length).toBeGreaterThan(0);
  expect(names).toEqual(expect.arrayContaining([...targets, ...declared]));
}

describe('the PNG writer', () => {
  it('gives back every pixel', () => {
    const pixels = Uint8Array.from({ length: 7 * 5 * 3 }, (_, index) => (index * 37) % 256);
    expect(readPng(encodePng(7, 5, pixels))).toEqual({ width: 7, height: 5, pixels });
  });

  it('draws charts and plans that hold more than one colour and differ by seed', async () => {
    const pictures = await Promise.all(
      [barChart(1, 80), controlChart(2, 12, 0.05), floorPlan(3, 'A'), partDrawing(4)].map(async (picture) =>
        readPng(await picture.bytes()),
      ),
    );
    for (const { pixels, width } of pictures) {
      const colours = new Set<number>();
      for (let index = 0; index < pixels.length; index += 3 * 17)
        colours.add((pixels[index]! << 16) | (pixels[index + 1]! << 8) | pixels[index + 2]!);
      expect(colours.size).toBeGreaterThan(3);
      expect(width).toBeGreaterThanOrEqual(1_200);
    }
    expect(Buffer.from(await partDrawing(4).bytes()).equals(Buffer.from(await partDrawing(4).bytes()))).toBe(true);
    expect(Buffer.from(await partDrawing(4).bytes()).equals(Buffer.from(await partDrawing(5).bytes()))).toBe(false);
  });
});

describe('the PDF writer', () => {
  const long = pdfFile('報告', '番号 1', [
    { heading: '長い本文' },
    ...Array.from({ length: 60 }, (_, index) => ({ text: `${index}：昇降機の点検の結果を記します。` })),
    {
      table: [
        ['品名', '数'],
        ['ベルト', '2'],
      ],
      widths: [200, 80],
    },
  ]);

  it('writes a cross-reference table that points at every object', async () => {
    const text = Buffer.from(await long.bytes()).toString('latin1');
    expect(text.startsWith('%PDF-1.4\n')).toBe(true);
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1]);
    const rows = text.slice(start).match(/^\d{10} \d{5} [nf] $/gm)!;
    expect(text.slice(start).startsWith(`xref\n0 ${rows.length}\n`)).toBe(true);
    rows.slice(1).forEach((row, index) => {
      expect(text.slice(Number(row.slice(0, 10))).startsWith(`${index + 1} 0 obj\n`)).toBe(true);
    });
    for (const [, length, body] of text.matchAll(/<< \/Length (\d+) >>\nstream\n([\s\S]*?)\nendstream/g))
      expect(body!.length).toBe(Number(length));
  });

  it('breaks long text into pages and keeps every character', async () => {
    const text = Buffer.from(await long.bytes()).toString('latin1');
    expect(Number(/\/Count (\d+)/.exec(text)?.[1])).toBeGreaterThan(1);
    const shown = [...text.matchAll(/<([0-9a-f]+)> Tj/g)].map(([, hex]) => Buffer.from(hex!, 'hex').swap16().toString('utf16le')).join('');
    for (let index = 0; index < 60; index += 1) expect(shown).toContain(`${index}：昇降機の点検の結果を記します。`);
  });
});

describe('the office writers', () => {
  it('write a document with escaped text and a table', async () => {
    const entries = readZip(
      await documentFile('議事録 <1>', [
        { heading: '決定' },
        { item: 'A & B' },
        {
          table: [
            ['項目', '担当'],
            ['養生', '高梨'],
          ],
        },
      ]).bytes(),
    );
    checkOffice(entries);
    expect(entries.get('word/document.xml')).toContain('議事録 &lt;1&gt;');
    expect(entries.get('word/document.xml')).toContain('A &amp; B');
  });

  it('write a workbook with numbers as numbers and one part a sheet', async () => {
    const entries = readZip(
      await workbookFile(() => [
        {
          name: '工程',
          rows: [
            ['担当', '日数'],
            ['田中', 1_200],
          ],
        },
        { name: '集計', rows: [['月']] },
      ]).bytes(),
    );
    checkOffice(entries);
    expect(entries.get('xl/worksheets/sheet1.xml')).toContain('<v>1200</v>');
    expect(entries.has('xl/worksheets/sheet2.xml')).toBe(true);
  });

  it('write slides with their layout, master and theme', async () => {
    const entries = readZip(
      await slidesFile([
        { title: '方針', lines: ['一', '二'] },
        { title: '次', lines: [] },
      ]).bytes(),
    );
    checkOffice(entries);
    expect(entries.get('ppt/slides/slide1.xml')).toContain('方針');
    expect(entries.has('ppt/slides/slide2.xml')).toBe(true);
  });
});

describe('the text writers', () => {
  it('quote CSV cells that need it and start with a byte order mark', async () => {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      await csvFile(() => [
        ['品名', '備考'],
        ['ベルト, 幅300', '「"可"」'],
      ]).bytes(),
    );
    expect(text).toBe('\uFEFF品名,備考\r\n"ベルト, 幅300","「""可""」"\r\n');
  });

  it('end text with a line break', async () => {
    expect(new TextDecoder().decode(await textFile(['一', '二']).bytes())).toBe('一\n二\n');
  });
});
