/** A PDF of the given objects, numbered from 1 on; the first is its catalogue. Streams are given with their dictionary's other entries. */
export function pdfOf(objects: readonly (string | { readonly entries: string; readonly stream: string | Buffer })[]): Buffer {
  const pieces: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  const offsets: number[] = [];
  let at = pieces[0]!.length;
  const add = (piece: Buffer): void => {
    pieces.push(piece);
    at += piece.length;
  };
  objects.forEach((object, index) => {
    offsets.push(at);
    add(Buffer.from(`${index + 1} 0 obj\n`));
    if (typeof object === 'string') add(Buffer.from(object));
    else {
      const stream = Buffer.isBuffer(object.stream) ? object.stream : Buffer.from(object.stream, 'latin1');
      add(Buffer.from(`<< ${object.entries} /Length ${stream.length} >>\nstream\n`));
      add(stream);
      add(Buffer.from('\nendstream'));
    }
    add(Buffer.from('\nendobj\n'));
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`;
  return Buffer.concat([
    ...pieces,
    Buffer.from(`${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`),
  ]);
}

/** One page of 600 by 800 points with the content; `resources` and `more` objects from 5 on are for what it draws. */
export const onePage = (
  content: string | Buffer,
  resources = '<< >>',
  more: readonly (string | { readonly entries: string; readonly stream: string | Buffer })[] = [],
): Buffer =>
  pdfOf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources ${resources} /Contents 4 0 R >>`,
    { entries: '', stream: content },
    ...more,
  ]);
