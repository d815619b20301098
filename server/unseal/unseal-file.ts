import { link, mkdir, open, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '#shared/base/errors.ts';
import type { SealedMetadata } from '#shared/model/sealed.ts';
import type { RecoveryKey } from '../identity/recovery-key.ts';
import { openSealed } from './open-sealed.ts';

/** What file systems, shells and terminals may take for something else than a letter of a name; also what hides or turns text. */
const unsafe = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}<>:"/\\|?*]/gu;
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const longestName = 120;

/** A name for what a sealed file says it was: only its last part, and nothing in it that leads elsewhere. */
export function safeName(shown: string): string {
  const last = shown.split(/[/\\]/).findLast((part) => part !== '') ?? '';
  const clean = Array.from(last.normalize('NFC').replace(unsafe, '_'))
    .slice(-longestName)
    .join('')
    .replace(/^[.~\-\s]+|[.\s]+$/g, '');
  return clean === '' || reserved.test(clean) ? `file-${clean}` : clean;
}

/**
 * Opens one sealed file into a folder. What is written appears under its name only once all of it has held; nothing is overwritten.
 * Throws `invalid` for what does not hold, `denied` for another tenant's.
 */
export async function unsealFile(
  file: string,
  folder: string,
  key: RecoveryKey,
): Promise<{ readonly place: string; readonly metadata: SealedMetadata }> {
  const { metadata, content, close } = await openSealed(file, key);
  try {
    await mkdir(folder, { recursive: true });
    const staged = path.join(folder, `.${path.basename(file)}.part`);
    await rm(staged, { force: true });
    try {
      await writeAll(staged, content, metadata);
      return { place: await place(staged, folder, safeName(metadata.path)), metadata };
    } finally {
      await rm(staged, { force: true });
    }
  } finally {
    await close();
  }
}

async function writeAll(staged: string, content: AsyncIterable<Uint8Array>, { sizeBytes, modifiedAt }: SealedMetadata): Promise<void> {
  const output = await open(staged, 'wx', 0o600);
  try {
    let written = 0;
    for await (const bytes of content) {
      await output.writeFile(bytes);
      written += bytes.length;
    }
    if (written !== sizeBytes) throw new AppError('invalid', 'The sealed file does not hold: it has another size than it says');
    await output.utimes(modifiedAt / 1000, modifiedAt / 1000);
    await output.sync();
  } finally {
    await output.close();
  }
}

/** A link fails where a name is taken: unlike a rename it overwrites nothing. */
async function place(staged: string, folder: string, name: string): Promise<string> {
  const { name: stem, ext } = path.parse(name);
  for (let count = 1; ; count += 1) {
    const target = path.join(folder, count === 1 ? name : `${stem} (${count})${ext}`);
    try {
      await link(staged, target);
      await unlink(staged);
      return target;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
