import type { OutputOf } from '#shared/contract/operation.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';

/** What the host says about itself. */
export type HostInfo = OutputOf<WorkspaceContract, 'workspace.info'>;
/** What a server said about itself. Held by the login form only: it goes when the form goes. */
export type Looked = OutputOf<WorkspaceContract, 'server.look'>;
/** What a person has typed into the form and must not type again; the password is never part of it. */
export interface Typed {
  readonly member: string;
  readonly keep: boolean;
}
