import type { Space } from '#shared/model/drive.ts';

/** A pair of a space and a folder, as it is kept. */
export interface RootRecord {
  readonly rootId: string;
  readonly spaceId: string;
  readonly spaceName: string;
  /** Missing in pairs of older versions, until the server has told it. */
  readonly spaceKind?: Space['kind'] | undefined;
  /** The id of the space's root folder. */
  readonly topId: string;
  readonly folder: string;
  readonly paused: boolean;
}
