/** A pair of a space and a folder, as it is kept. */
export interface RootRecord {
  readonly rootId: string;
  readonly spaceId: string;
  readonly spaceName: string;
  /** The id of the space's root folder. */
  readonly topId: string;
  readonly folder: string;
  readonly paused: boolean;
}
