import { SaxesParser } from 'saxes';
import type { TextCollector } from './text-collector.ts';

/** Which elements of a kind of XML hold text, by their names without prefix. */
export interface TextRules {
  /** Character data within one of these is text. */
  readonly text: ReadonlySet<string>;
  /** Nothing within such an element is. */
  readonly silent?: (element: string, attributes: Readonly<Record<string, string>>) => boolean;
  /** What an element puts between words where it ends. */
  readonly after: Readonly<Record<string, string>>;
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

/**
 * Takes the text out of an XML stream as the rules say. Entities of a document's own are not known, so none can grow. Throws for what is not
 * well-formed.
 */
export async function collectXmlText(pieces: AsyncIterable<Uint8Array>, rules: TextRules, into: TextCollector): Promise<void> {
  const parser = new SaxesParser();
  let [inText, isFull] = [0, false];
  // How deep the reader is, and where it came into something silent.
  let [depth, silentFrom] = [0, Infinity];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = local(name);
    depth += 1;
    if (rules.text.has(element)) inText += 1;
    if (silentFrom === Infinity && rules.silent?.(element, attributes) === true) silentFrom = depth;
  });
  parser.on('text', (text) => {
    if (inText > 0 && depth < silentFrom) isFull = !into.add(text);
  });
  parser.on('closetag', ({ name }) => {
    const element = local(name);
    if (rules.text.has(element)) inText -= 1;
    const after = rules.after[element];
    if (after !== undefined && depth < silentFrom) isFull = !into.add(after);
    if (depth === silentFrom) silentFrom = Infinity;
    depth -= 1;
  });
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  for await (const piece of pieces) {
    decoder ??= new TextDecoder(encodingOf(piece), { fatal: true });
    parser.write(decoder.decode(piece, { stream: true }));
    if (isFull) return;
  }
  if (decoder !== null) parser.write(decoder.decode()).close();
}

/** XML is UTF-8 unless it begins with a mark of UTF-16. */
function encodingOf(piece: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (piece[0] === 0xff && piece[1] === 0xfe) return 'utf-16le';
  return piece[0] === 0xfe && piece[1] === 0xff ? 'utf-16be' : 'utf-8';
}
