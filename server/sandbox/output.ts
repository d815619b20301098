import type { Readable } from 'node:stream';

/** Of what a process says: enough to find out what was wrong with it. */
const mostCharacters = 2_000;

/** Reads all that a process prints and keeps the beginning of it, for the log. */
export function firstOutput(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (piece: string) => {
    if (text.length < mostCharacters) text = (text + piece).slice(0, mostCharacters);
  });
  stream.on('error', () => undefined);
  return () => text;
}
