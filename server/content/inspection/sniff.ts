import { fileTypeFromBuffer } from 'file-type';

/** How many bytes of a file's beginning tell its type: what the library looks at, and the tar header. */
export const headBytes = 4_100;

const startsWith = (bytes: Uint8Array, ...signature: readonly number[]): boolean =>
  signature.every((value, index) => bytes[index] === value);
const [hash, bang, newline] = [0x23, 0x21, 0x0a];

/**
 * The usual extension of the type that a file's first bytes show, or null. Beside the library's types: scripts that name their interpreter
 * (`sh`), Windows shortcuts (`lnk`) and programs of each system (`exe`, `elf`, `macho`).
 */
export async function sniffType(head: Uint8Array): Promise<string | null> {
  if (startsWith(head, 0x4d, 0x5a)) return 'exe';
  if (startsWith(head, 0x7f, 0x45, 0x4c, 0x46)) return 'elf';
  if (startsWith(head, 0xcf, 0xfa, 0xed, 0xfe) || startsWith(head, 0xfe, 0xed, 0xfa, 0xcf)) return 'macho';
  if (startsWith(head, 0x4c, 0, 0, 0, 0x01, 0x14, 0x02, 0)) return 'lnk';
  if (startsWith(head, hash, bang) && head.subarray(0, 256).includes(newline)) return 'sh';
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  return found?.ext ?? null;
}

/** Types whose inside is judged by name. Documents that happen to be archives (docx, odt, epub) are not among them. */
export const archiveTypes: ReadonlySet<string> = new Set([
  'zip',
  'jar',
  'apk',
  'xpi',
  'tar',
  'gz',
  'tar.gz',
  '7z',
  'rar',
  'bz2',
  'xz',
  'zst',
  'cab',
  'lz',
  'lzh',
  'arj',
]);
