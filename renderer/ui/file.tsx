import { classNames } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';
import { splitFileName } from './format.ts';

export type FileKind = 'folder' | 'sheet' | 'pdf' | 'document' | 'image' | 'archive' | 'program' | 'drawing' | 'other';

const kinds: Readonly<Record<string, FileKind>> = Object.fromEntries(
  (
    [
      ['sheet', 'xls xlsx xlsm csv tsv ods'],
      ['pdf', 'pdf'],
      ['document', 'doc docx odt rtf txt md ppt pptx odp html htm log json xml'],
      ['image', 'png jpg jpeg gif webp svg bmp heic tif tiff'],
      ['archive', 'zip 7z tar gz lzh rar tgz'],
      ['program', 'exe msi bat cmd com dll dmg pkg app sh ps1 js vbs'],
      ['drawing', 'dwg dxf jww step stp igs iges stl'],
    ] as const
  ).flatMap(([kind, extensions]) => extensions.split(' ').map((extension) => [extension, kind] as const)),
);

/** The kind of a file by its extension. */
export function fileKind(name: string): FileKind {
  const dot = name.lastIndexOf('.');
  return (dot > 0 ? kinds[name.slice(dot + 1).toLowerCase()] : undefined) ?? 'other';
}

const icons: Readonly<Record<FileKind, IconName>> = {
  folder: 'folder',
  sheet: 'sheet',
  pdf: 'document',
  document: 'document',
  image: 'image',
  archive: 'box',
  program: 'program',
  drawing: 'box',
  other: 'file',
};

/** The picture of a file's kind; decoration beside its name. */
export function FileIcon({ kind, small = false }: { kind: FileKind; small?: boolean }) {
  return (
    <span aria-hidden className={classNames('file-icon', `kind-${kind}`, small && 'small')}>
      <Icon name={icons[kind]} size={18} />
    </span>
  );
}

/** A name that shortens in the middle, so that its end and extension stay; the whole name is in the tooltip, and read aloud in one piece. */
export function FileName({ name }: { name: string }) {
  const [start, end] = splitFileName(name);
  return (
    <span className="file-name" title={name}>
      <span className="unseen">{name}</span>
      <span aria-hidden>{start}</span>
      <span aria-hidden>{end}</span>
    </span>
  );
}
