import type { DemoContent } from '../files/content.ts';

/** One state of a file: author, working day (see the calendar), clock, content. */
export type StateScript = readonly [authorId: string, workingDay: number, clock: string, content: DemoContent];

/** A file as it is written down: path from the space's root with `/`, then its states, the newest first. */
export type FileScript = readonly [path: string, ...states: readonly [StateScript, ...StateScript[]]];

/** A drive as it is written down. */
export interface SpaceScript {
  readonly id: string;
  readonly kind: 'shared' | 'my';
  readonly name: string;
  readonly description: string;
  readonly ownerId?: string;
  readonly masterIds?: readonly string[];
  /** Named members; the whole company where absent (shared drives), the owner alone for a my drive. */
  readonly memberIds?: readonly string[];
  /** Folders that hold no file yet. */
  readonly emptyFolders?: readonly string[];
  readonly files: readonly FileScript[];
}
