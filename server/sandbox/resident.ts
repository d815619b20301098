import { readFile } from 'node:fs/promises';

const pageBytes = 4_096;

/** Memory in use by a process and all that it started, in bytes; 0 where the system does not say (it is not Linux, or the process is gone). */
export async function residentBytes(pid: number): Promise<number> {
  try {
    const [size, children] = await Promise.all([
      readFile(`/proc/${pid}/statm`, 'latin1'),
      readFile(`/proc/${pid}/task/${pid}/children`, 'latin1'),
    ]);
    const below = await Promise.all(
      children
        .split(' ')
        .filter((text) => text !== '')
        .map((text) => residentBytes(Number(text))),
    );
    return Number(size.split(' ')[1]) * pageBytes + below.reduce((sum, bytes) => sum + bytes, 0);
  } catch {
    return 0;
  }
}
