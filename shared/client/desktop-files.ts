import type { OutputOf } from '#shared/contract/operation.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import type { AccountCore } from './account.ts';

/** A file that is open in another program, as people see it. */
export type Edit = OutputOf<WorkspaceContract, 'drive.edits'>['edits'][number];

/** What a host with a desktop does with files of Drive outside of its own window. A browser has none of it. */
export interface DesktopFiles {
  /** Brings the file here and opens it in the system's program; what is saved there goes up until the edit is closed. */
  open(account: AccountCore, nodeId: string, lock?: boolean): Promise<string>;
  edits(accountId: string): Edit[];
  /** Sends what is not sent yet, then removes the copy here. Throws `conflict` with the reason while that cannot be done. */
  close(accountId: string, editId: string, discard?: boolean): Promise<void>;
  /** Brings files here for a drag to the desktop. */
  prepareDrag(account: AccountCore, nodeIds: readonly string[]): Promise<OutputOf<WorkspaceContract, 'drive.prepareDrag'>>;
}
