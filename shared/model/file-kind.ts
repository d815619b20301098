import { z } from 'zod';

/** DRV-16: what kinds of files one can look for. */
export const FileKind = z.enum([
  'folder',
  'document',
  'spreadsheet',
  'presentation',
  'pdf',
  'image',
  'video',
  'audio',
  'text',
  'archive',
  'other',
]);
export type FileKind = z.infer<typeof FileKind>;

const extensions: Readonly<Record<Exclude<FileKind, 'folder' | 'other'>, string>> = {
  document: 'doc docx docm dot dotx odt ott rtf pages jtd wps',
  spreadsheet: 'xls xlsx xlsm xlsb xlt xltx ods ots csv tsv numbers',
  presentation: 'ppt pptx pptm pps ppsx pot potx odp otp key',
  pdf: 'pdf',
  image: 'jpg jpeg jpe png gif webp bmp tif tiff svg heic heif avif ico psd ai eps raw cr2 cr3 nef arw dng',
  video: 'mp4 m4v mov avi wmv mkv webm mpg mpeg flv 3gp mts m2ts',
  audio: 'mp3 m4a wav aac flac ogg oga opus wma aif aiff mid midi',
  text:
    'txt md markdown log json jsonl xml yaml yml toml ini conf cfg env sql html htm css scss less js mjs cjs jsx ts tsx py rb go rs java kt c h cc cpp ' +
    'hpp cs php pl sh bash zsh ps1 bat cmd vb vbs swift scala r lua tex srt vtt ics vcf eml',
  archive: 'zip lzh rar 7z tar gz tgz bz2 xz zst cab iso dmg',
};
const byExtension = new Map(
  Object.entries(extensions).flatMap(([kind, list]) => list.split(' ').map((extension) => [extension, kind as FileKind] as const)),
);

/** What kind of thing a node is, by its name. */
export function fileKindOf(node: { readonly kind: 'folder' | 'file'; readonly name: string }): FileKind {
  if (node.kind === 'folder') return 'folder';
  const dot = node.name.lastIndexOf('.');
  return (dot < 0 ? undefined : byExtension.get(node.name.slice(dot + 1).toLowerCase())) ?? 'other';
}
