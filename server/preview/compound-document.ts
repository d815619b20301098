import { headOf, type Source } from '../content/inspection/source.ts';

/** Compound files (office documents before 2007, and whatever is encrypted): a header, then sectors, some of which hold the directory. */
const headerBytes = 512;
const [sectorShiftAt, directoryAt] = [30, 48];

/** Whether a compound file is the wrapping of an encrypted document (MS-OFFCRYPTO 2.3), by the first names in its directory. */
export async function isEncryptedWrapping(source: Source): Promise<boolean> {
  const head = Buffer.from(await headOf(source, headerBytes));
  if (head.length < headerBytes) return false;
  const sectorBytes = 1 << Math.min(head.readUInt16LE(sectorShiftAt), 12);
  const start = (head.readUInt32LE(directoryAt) + 1) * sectorBytes;
  if (start + headerBytes > source.sizeBytes) return false;
  const pieces: Uint8Array[] = [];
  for await (const piece of source.stream(start, Math.min(start + 4_096, source.sizeBytes))) pieces.push(piece);
  return Buffer.concat(pieces).includes(Buffer.from('EncryptedPackage', 'utf16le'));
}
