import { readFile } from 'node:fs/promises';
import { deflateRawSync } from 'node:zlib';
import { foldForSearch } from '#shared/search/fold.ts';
import { tokensOf } from '#shared/search/tokens.ts';
import { decodeText } from '../../content/decode-text.ts';
import type { JobRun } from '../../sandbox/job.ts';
import { cutText } from './pieces.ts';
import { officeText } from './office.ts';
import { pdfText } from './pdf.ts';
import { TextCollector } from './text-collector.ts';

export interface ExtractOptions {
  readonly kind: 'text' | 'pdf' | 'zip';
}
/** Beside it come the files: deflated pieces of the text, then all tokens, separated by spaces. */
export interface Extracted {
  /** False: there can be no text in a file of this kind. */
  readonly hasText: boolean;
  readonly truncated: boolean;
}

async function textOf(input: string, kind: ExtractOptions['kind']): Promise<TextCollector | null> {
  switch (kind) {
    case 'pdf':
      return pdfText(input);
    case 'zip':
      return officeText(input);
    case 'text': {
      const decoded = decodeText(await readFile(input));
      if (decoded === null) return null;
      const collector = new TextCollector();
      collector.add(decoded.text);
      return collector;
    }
  }
}

/** Reads the text out of a file. Runs in the sandbox, with the cutting into tokens: neither holds the server up. */
export const run: JobRun = async (input, { kind }: ExtractOptions) => {
  const collected = await textOf(input, kind);
  if (collected === null) return { value: { hasText: false, truncated: false } satisfies Extracted };
  const { text, truncated } = collected;
  const tokens = Buffer.from([...tokensOf(foldForSearch(text))].join(' '));
  if (tokens.length === 0) return { value: { hasText: false, truncated } satisfies Extracted };
  const pieces = cutText(text).map((piece) => deflateRawSync(piece));
  return { value: { hasText: true, truncated } satisfies Extracted, files: [...pieces, tokens] };
};
