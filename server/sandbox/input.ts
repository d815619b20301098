import { open } from 'node:fs/promises';
import type { Source } from '../content/inspection/source.ts';

/** Writes a source to a new file that nobody else of this machine may read. */
export async function writeInput(source: Source, file: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    for await (const piece of source.stream(0, source.sizeBytes)) await handle.writeFile(piece);
  } finally {
    await handle.close();
  }
}
