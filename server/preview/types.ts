import { longestPreviewText, type Preview } from '#shared/model/preview.ts';
import { decodeText } from '../content/decode-text.ts';
import { headBytes, sniffType } from '../content/inspection/sniff.ts';
import { headOf, type Source } from '../content/inspection/source.ts';
import { extensionOf } from '../content/judge.ts';
import { codeLanguages } from './code-languages.ts';
import { isEncryptedWrapping } from './compound-document.ts';
import type { OfficeKind } from './office.ts';
import { packedDocument } from './packed-document.ts';

type Text = Extract<Preview, { kind: 'text' }>;
/** What a file is shown as, by what is in it; its name only says which of several kinds of the same form it is. */
export type FileType =
  | { readonly kind: 'image'; readonly type: string }
  | { readonly kind: 'pdf' }
  | { readonly kind: 'office'; readonly of: OfficeKind; readonly extension: string }
  | Text
  | Extract<Preview, { kind: 'media' | 'none' }>;

const none = (reason: string): FileType => ({ kind: 'none', reason });
const images: ReadonlySet<string> = new Set(['jpg', 'png', 'apng', 'gif', 'webp', 'avif', 'tif', 'bmp']);
const media: Readonly<Record<string, readonly ['video' | 'audio', string]>> = {
  aac: ['audio', 'audio/aac'],
  flac: ['audio', 'audio/flac'],
  m4a: ['audio', 'audio/mp4'],
  m4v: ['video', 'video/mp4'],
  mkv: ['video', 'video/x-matroska'],
  mov: ['video', 'video/quicktime'],
  mp3: ['audio', 'audio/mpeg'],
  mp4: ['video', 'video/mp4'],
  oga: ['audio', 'audio/ogg'],
  ogg: ['audio', 'audio/ogg'],
  ogv: ['video', 'video/ogg'],
  opus: ['audio', 'audio/ogg'],
  wav: ['audio', 'audio/wav'],
  webm: ['video', 'video/webm'],
};
/** What a converter goes by; other names of the same forms are given one of these. */
const packedExtensions: ReadonlySet<string> = new Set(
  ['docx', 'docm', 'dotx', 'dotm', 'xlsx', 'xlsm', 'xlsb', 'xltx', 'xltm', 'pptx', 'pptm', 'ppsx', 'ppsm', 'potx', 'potm'].concat([
    'odt',
    'ott',
    'ods',
    'ots',
    'odp',
    'otp',
  ]),
);
const compoundKinds: Readonly<Record<string, OfficeKind>> = {
  doc: 'pages',
  dot: 'pages',
  xls: 'sheets',
  xlt: 'sheets',
  ppt: 'slides',
  pps: 'slides',
  pot: 'slides',
};
const usualExtensions: Readonly<Record<OfficeKind, string>> = { pages: 'docx', sheets: 'xlsx', slides: 'pptx' };
/** What the library finds a name for although it is text. */
const textTypes: ReadonlySet<string> = new Set(['xml', 'sh', 'ics', 'vcf', 'vtt', 'srt', 'pem']);

/** Decides by a file's bytes, and among kinds of one form by its name (ASVS 5.2.2). Damaged archives are `damaged`. */
export async function typeOf(name: string, source: Source): Promise<FileType> {
  const head = await headOf(source, headBytes);
  const found = await sniffType(head);
  const extension = extensionOf(name);
  if (found === null || textTypes.has(found)) {
    if (isSvg(head)) return { kind: 'image', type: 'svg' };
    return (await textOf(found === 'sh' ? 'sh' : extension, source)) ?? none('unknown_type');
  }
  if (images.has(found)) return { kind: 'image', type: found };
  if (found === 'pdf') return { kind: 'pdf' };
  if (found === 'rtf') return { kind: 'office', of: 'pages', extension: 'rtf' };
  if (Object.hasOwn(media, found)) {
    const [of, mediaType] = media[found]!;
    return { kind: 'media', of, mediaType };
  }
  if (found === 'cfb') {
    if (await isEncryptedWrapping(source)) return none('encrypted');
    const of = Object.hasOwn(compoundKinds, extension) ? compoundKinds[extension] : undefined;
    return of === undefined ? none('unknown_type') : { kind: 'office', of, extension };
  }
  if (found === 'zip' || packedExtensions.has(found)) {
    const packed = await packedDocument(source).catch(() => ({ kind: 'damaged' }) as const);
    if (packed.kind === 'other' || (packed.kind === 'damaged' && found === 'zip' && !packedExtensions.has(extension))) {
      return none('unknown_type');
    }
    if (packed.kind !== 'document') return none(packed.kind);
    const known = packedExtensions.has(extension) ? extension : found;
    return { kind: 'office', of: packed.of, extension: packedExtensions.has(known) ? known : usualExtensions[packed.of] };
  }
  return none('unknown_type');
}

/** SVG has no signature: the first element says so, after declarations and comments. */
function isSvg(head: Uint8Array): boolean {
  let rest = decodeText(head)?.text ?? '';
  for (;;) {
    rest = rest.trimStart();
    const end = prologueEnd(rest);
    if (end === null) return /^<(?:\w+:)?svg[\s/>]/.test(rest);
    if (end < 0) return false;
    rest = rest.slice(end);
  }
}

/** Where what stands before a document's first element ends; null for what is none of that, negative where it does not end. */
function prologueEnd(text: string): number | null {
  const after = (mark: string, from = 0): number => {
    const at = text.indexOf(mark, from);
    return at < 0 ? -1 : at + mark.length;
  };
  if (text.startsWith('<?')) return after('?>');
  if (text.startsWith('<!--')) return after('-->');
  if (!/^<!doctype/i.test(text)) return null;
  const subset = text.indexOf('[');
  const end = after('>');
  return subset >= 0 && subset < end ? after('>', Math.max(after(']', subset), 0)) : end;
}

async function textOf(extension: string, source: Source): Promise<Text | null> {
  // A character takes at most four bytes; one more tells whether something was left out.
  const bytes = await headOf(source, longestPreviewText * 4 + 4);
  const decoded = decodeText(bytes);
  if (decoded === null) return null;
  const shown = decoded.text.slice(0, longestPreviewText).toWellFormed();
  const truncated = bytes.length < source.sizeBytes || decoded.text.length > longestPreviewText;
  const language = Object.hasOwn(codeLanguages, extension) ? codeLanguages[extension]! : null;
  return { kind: 'text', format: formatOf(extension, language), language, text: shown, truncated };
}

function formatOf(extension: string, language: string | null): Text['format'] {
  if (extension === 'md' || extension === 'markdown') return 'markdown';
  if (extension === 'csv' || extension === 'tsv') return 'csv';
  return language === null ? 'plain' : 'code';
}
