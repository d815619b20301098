import type { Node } from '#shared/model/drive.ts';

/** What was cut and waits for the folder it is to go to. It stays where it is until then. */
export interface CutNodes {
  readonly spaceId: string;
  readonly nodes: readonly Node[];
}
