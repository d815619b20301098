import { constants } from 'node:fs';
import type { FileSystem } from './file-system.ts';

const sampleBytes = 32 * 1024;
const fewestBytes = 256;
/** Bits a byte: text stays below 6.5 in any language, noise and well-packed data come near 8. */
const noisyBits = 7;

/** How files begin whose bytes are packed anyway: a picture that does not begin like one is none any more. */
const beginnings: Readonly<Record<string, readonly (readonly number[])[]>> = {
  pdf: [[0x25, 0x50, 0x44, 0x46]],
  png: [[0x89, 0x50, 0x4e, 0x47]],
  jpg: [[0xff, 0xd8, 0xff]],
  jpeg: [[0xff, 0xd8, 0xff]],
  gif: [[0x47, 0x49, 0x46, 0x38]],
  ...Object.fromEntries(['docx', 'xlsx', 'pptx', 'odt', 'ods', 'odp', 'zip', 'jar'].map((name) => [name, [[0x50, 0x4b]]])),
  ...Object.fromEntries(['doc', 'xls', 'ppt', 'msg'].map((name) => [name, [[0xd0, 0xcf, 0x11, 0xe0]]])),
  gz: [[0x1f, 0x8b]],
  '7z': [[0x37, 0x7a, 0xbc, 0xaf]],
};
/** Plain bytes, which packing makes smaller. */
const plain = new Set(
  'txt md csv tsv json xml html htm css js ts jsx tsx py rb go rs java c h cpp cs php sh ps1 bat sql log ini cfg conf toml yaml yml tex rtf svg eml ics vcf bmp wav'.split(
    ' ',
  ),
);

/** The noise in some bytes, in bits a byte (Shannon). */
export function bitsPerByte(bytes: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte]! += 1;
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / bytes.length) * Math.log2(count / bytes.length);
  return bits;
}

/**
 * Whether a file has become noise: one that should be plain is not, one that should begin in a known way does not. Null where its kind says nothing, or where
 * it is too short or cannot be read.
 * @param extension in lower case, without the dot
 */
export function becameRandom(files: FileSystem, path: string, extension: string): boolean | null {
  const known = beginnings[extension];
  if (known === undefined && !plain.has(extension)) return null;
  const bytes = headOf(files, path);
  if (bytes === null || bytes.length < fewestBytes) return null;
  const begins = known?.some((beginning) => beginning.every((byte, at) => bytes[at] === byte)) ?? false;
  return !begins && bitsPerByte(bytes) >= noisyBits;
}

function headOf(files: FileSystem, path: string): Uint8Array | null {
  let descriptor: number;
  try {
    descriptor = files.open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch {
    return null;
  }
  try {
    const bytes = new Uint8Array(sampleBytes);
    return bytes.subarray(0, files.read(descriptor, bytes, 0, sampleBytes, 0));
  } catch {
    return null;
  } finally {
    files.close(descriptor);
  }
}
