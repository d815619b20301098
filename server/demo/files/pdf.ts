import { content, type DemoContent } from './content.ts';

/** Points (1/72 inch) of an A4 page and its margins. */
const pageWidth = 595;
const pageHeight = 842;
const margin = 56;

/** A block of a page: a heading, a paragraph that wraps, or a table with column widths in points (the first row is its head). */
export type PdfBlock =
  | { readonly heading: string }
  | { readonly text: string }
  | { readonly table: readonly (readonly string[])[]; readonly widths: readonly number[] };

/** Advance widths (1/1000 em) of the Latin part, character codes 32–126, of the font named below, as its maker publishes them. */
const latinWidths = [
  278, 299, 353, 614, 614, 721, 735, 216, 323, 323, 449, 529, 219, 306, 219, 453, 614, 614, 614, 614, 614, 614, 614, 614, 614, 614, 219,
  219, 529, 529, 529, 486, 744, 646, 604, 617, 681, 567, 537, 647, 738, 320, 433, 637, 566, 904, 710, 716, 605, 716, 623, 517, 601, 690,
  668, 990, 681, 634, 578, 316, 614, 316, 529, 500, 387, 509, 566, 478, 565, 503, 337, 549, 580, 275, 266, 544, 276, 854, 579, 550, 578,
  566, 410, 444, 340, 575, 512, 760, 503, 529, 453, 326, 380, 326, 387,
];

function widthOf(text: string, size: number): number {
  let thousandths = 0;
  for (const char of text) thousandths += latinWidths[(char.codePointAt(0) ?? 0) - 32] ?? 1_000;
  return (thousandths * size) / 1_000;
}

/** Text as UCS-2 in hexadecimal, which the predefined CMap turns into glyphs. */
function hex(text: string): string {
  let out = '';
  for (let index = 0; index < text.length; index += 1) out += text.charCodeAt(index).toString(16).padStart(4, '0');
  return `<${out}>`;
}

/** Closing punctuation must not start a line (kinsoku): it hangs at the end of the one before. */
const notAtStart = '、。，．）」』】！？ー';

function wrap(text: string, size: number, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const char of text) {
    if (line !== '' && widthOf(line + char, size) > width && !notAtStart.includes(char)) {
      lines.push(line);
      line = '';
    }
    line += char;
  }
  return [...lines, line];
}

class PageWriter {
  readonly pages: string[] = [];
  private operators: string[] = [];
  private y = pageHeight - margin;

  /** Moves down by `height`, to a new page where the rest of this one does not hold it; gives the new y. */
  take(height: number): number {
    if (this.y - height < margin) this.finishPage();
    this.y -= height;
    return this.y;
  }

  text(x: number, y: number, size: number, text: string, grey = 0.1): void {
    this.operators.push(`${grey} g BT /F1 ${size} Tf ${x.toFixed(1)} ${y.toFixed(1)} Td ${hex(text)} Tj ET`);
  }

  rectangle(x: number, y: number, width: number, height: number, grey: number): void {
    this.operators.push(`${grey} g ${x.toFixed(1)} ${y.toFixed(1)} ${width.toFixed(1)} ${height.toFixed(1)} re f`);
  }

  finishPage(): void {
    if (this.operators.length === 0) return;
    this.pages.push(this.operators.join('\n'));
    this.operators = [];
    this.y = pageHeight - margin;
  }
}

function writeTable(writer: PageWriter, rows: readonly (readonly string[])[], widths: readonly number[]): void {
  const total = widths.reduce((sum, width) => sum + width, 0);
  rows.forEach((row, rowIndex) => {
    const y = writer.take(19);
    if (rowIndex === 0) writer.rectangle(margin, y, total, 19, 0.91);
    let x = margin;
    row.forEach((cell, column) => {
      const width = widths[column] ?? 60;
      const isNumber = /^[-+¥\d.,% ]+$/.test(cell);
      writer.text(isNumber && rowIndex > 0 ? x + width - 6 - widthOf(cell, 9.5) : x + 6, y + 5.5, 9.5, cell);
      x += width;
    });
    writer.rectangle(margin, y - 0.25, total, 0.5, 0.7);
  });
  writer.take(12);
}

function layOut(title: string, subtitle: string, blocks: readonly PdfBlock[]): readonly string[] {
  const writer = new PageWriter();
  writer.text(margin, writer.take(20), 18, title);
  writer.text(margin, writer.take(22), 9.5, subtitle, 0.4);
  writer.rectangle(margin, writer.take(10), pageWidth - 2 * margin, 1, 0.25);
  for (const block of blocks) {
    if ('heading' in block) {
      writer.text(margin, writer.take(30), 12.5, block.heading);
      writer.take(4);
    } else if ('text' in block) {
      for (const line of wrap(block.text, 10.5, pageWidth - 2 * margin)) writer.text(margin, writer.take(17), 10.5, line);
      writer.take(6);
    } else {
      writer.take(4);
      writeTable(writer, block.table, block.widths);
    }
  }
  writer.finishPage();
  return writer.pages;
}

/** Numbers the objects from 1, writes them with the cross-reference table (ISO 32000-1, 7.5). */
function assemble(objects: readonly string[]): Uint8Array {
  let text = '%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n';
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const start = text.length;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

/**
 * A PDF with Japanese text. The font is one of the predefined Japanese ones and is not embedded: every reader substitutes
 * its own, so the file stays small.
 */
export function pdfFile(title: string, subtitle: string, blocks: readonly PdfBlock[]): DemoContent {
  return content('application/pdf', () => {
    const pages = layOut(title, subtitle, blocks);
    const firstPage = 6;
    const kids = pages.map((_, index) => `${firstPage + index * 2} 0 R`).join(' ');
    return assemble([
      '<< /Type /Catalog /Pages 2 0 R >>',
      `<< /Type /Pages /Count ${pages.length} /Kids [${kids}] >>`,
      '<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiKakuGo-W5-UniJIS-UCS2-H /Encoding /UniJIS-UCS2-H /DescendantFonts [4 0 R] >>',
      `<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiKakuGo-W5 /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> /FontDescriptor 5 0 R /DW 1000 /W [1 [${latinWidths.join(' ')}]] >>`,
      '<< /Type /FontDescriptor /FontName /HeiseiKakuGo-W5 /Flags 4 /FontBBox [-92 -250 1010 922] /ItalicAngle 0 /Ascent 752 /Descent -221 /CapHeight 737 /StemV 114 >>',
      ...pages.flatMap((operators, index) => [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${pageWidth} ${pageHeight}] /Resources << /Font << /F1 3 0 R >> >> /Contents ${firstPage + index * 2 + 1} 0 R >>`,
        `<< /Length ${operators.length} >>\nstream\n${operators}\nendstream`,
      ]),
    ]);
  });
}
