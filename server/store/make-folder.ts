import { access, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '#shared/base/errors.ts';

/**
 * Makes a folder, and those above it, for this account alone. Node's own recursive `mkdir` never ends where the file system says that a
 * folder is missing although it is there, as in `/proc`. Throws `conflict` then; else as the file system answers.
 */
export async function makeFolder(folder: string): Promise<void> {
  const above = path.dirname(folder);
  if (above !== folder && !(await exists(above))) await makeFolder(above);
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new AppError('conflict', `The folder ${folder} cannot be made: choose another place`, { cause });
    if (code !== 'EEXIST' || !(await isFolder(folder))) throw cause;
  }
}

const exists = (place: string): Promise<boolean> =>
  access(place).then(
    () => true,
    () => false,
  );
const isFolder = async (place: string): Promise<boolean> => (await stat(place)).isDirectory();
