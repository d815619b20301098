import { content, type DemoContent } from './content.ts';

const encoder = new TextEncoder();

/** Plain text, one entry a line. */
export function textFile(lines: readonly string[]): DemoContent {
  return content('text/plain', () => encoder.encode(`${lines.join('\n')}\n`));
}

/** Markdown, one entry a line. */
export function markdownFile(lines: readonly string[]): DemoContent {
  return content('text/markdown', () => encoder.encode(`${lines.join('\n')}\n`));
}

function csvCell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** CSV (RFC 4180) with a byte order mark, so that spreadsheets on Japanese PCs read it as UTF-8. */
export function csvFile(makeRows: () => readonly (readonly (string | number)[])[]): DemoContent {
  return content('text/csv', () => {
    const rows = makeRows().map((row) => row.map(csvCell).join(','));
    return encoder.encode(`\uFEFF${rows.join('\r\n')}\r\n`);
  });
}
