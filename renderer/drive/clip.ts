import type { Node } from '#shared/model/drive.ts';

/** What was cut or copied and waits for the folder it is to go to. Cut things stay where they are until then. */
export interface Clip {
  /** Stands in the system's clipboard, so that what was put there later goes first. */
  readonly id: string;
  readonly kind: 'cut' | 'copy';
  readonly spaceId: string;
  readonly nodes: readonly Node[];
}

/** The clipboard's own type for a `Clip`: only its id, never a name or a place. */
export const clipType = 'application/x-hikyaku-clip';

/** What a paste brings: our own clip, files of the system, or nothing that could go into a folder. */
export type Pasted = { readonly kind: 'clip' } | { readonly kind: 'files'; readonly files: readonly File[] } | null;

export function pastedFrom(data: Pick<DataTransfer, 'getData' | 'files'>, clip: Clip | null, screenshotName: () => string): Pasted {
  if (clip !== null && data.getData(clipType) === clip.id) return { kind: 'clip' };
  const files = [...data.files];
  if (files.length === 0) return null;
  return { kind: 'files', files: files.map((file) => (isScreenshot(file, files.length) ? renamed(file, screenshotName()) : file)) };
}

/** Programs name a picture that was never a file like this. */
const isScreenshot = ({ name, type }: File, count: number): boolean =>
  count === 1 && type.startsWith('image/') && /^(?:image|blob|clipboard|)(?:\.\w+)?$/iu.test(name);

function renamed(file: File, stem: string): File {
  const extension = file.type
    .slice('image/'.length)
    .replace('jpeg', 'jpg')
    .replace(/[^a-z0-9].*$/u, '');
  return new File([file], `${stem}.${extension}`, { type: file.type, lastModified: file.lastModified });
}

const two = (value: number): string => String(value).padStart(2, '0');

/** A moment as part of a file's name, in the order of time and without what disks cannot hold: `2026-11-20 10.48.05`. */
export const momentInName = (at: Date): string =>
  `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}`;
