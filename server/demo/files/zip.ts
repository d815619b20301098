import { ZipFile } from 'yazl';

/** Fixed in local fields, because the archive's time fields are local: the bytes are the same in every time zone. */
const entryTime = new Date(2026, 0, 5, 9, 0, 0);

/** Packs named texts into a ZIP archive, in the given order. */
export async function zipOf(entries: readonly (readonly [name: string, text: string])[]): Promise<Uint8Array> {
  const zip = new ZipFile();
  for (const [name, text] of entries) {
    zip.addBuffer(Buffer.from(text, 'utf8'), name, { mtime: entryTime, mode: 0o100644, forceDosTimestamp: true });
  }
  zip.end();
  const parts: Buffer[] = [];
  for await (const part of zip.outputStream) parts.push(typeof part === 'string' ? Buffer.from(part) : part);
  return new Uint8Array(Buffer.concat(parts));
}

/** Escapes text for XML content and attribute values. */
export function xml(text: string | number): string {
  return String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export const xmlHead = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

const packageNamespace = 'http://schemas.openxmlformats.org/package/2006';
const officeRelations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** `[Content_Types].xml` for parts given by name and type; XML and relationship parts are covered by their extension. */
export function contentTypes(parts: readonly (readonly [partName: string, type: string])[]): string {
  const overrides = parts.map(([name, type]) => `<Override PartName="/${name}" ContentType="${type}"/>`).join('');
  return (
    `${xmlHead}<Types xmlns="${packageNamespace}/content-types">` +
    `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
    `<Default Extension="xml" ContentType="application/xml"/>${overrides}</Types>`
  );
}

/** A relationships part; `kind` is the last word of an officeDocument relationship type. Ids are rId1, rId2, … in order. */
export function relationships(targets: readonly (readonly [kind: string, target: string])[]): string {
  const rows = targets.map(
    ([kind, target], index) => `<Relationship Id="rId${index + 1}" Type="${officeRelations}/${kind}" Target="${target}"/>`,
  );
  return `${xmlHead}<Relationships xmlns="${packageNamespace}/relationships">${rows.join('')}</Relationships>`;
}
