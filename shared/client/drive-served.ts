import { drive, type DriveContract } from '#shared/contract/drive.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import type { AccountCore } from './account.ts';

type Served = keyof DriveContract;

/** What makes the list of spaces doubtful once it is done. */
const changesSpaces: ReadonlySet<string> = new Set<Served>([
  'drive.createShared',
  'drive.setProperties',
  'drive.setPermissions',
  'drive.purge',
  'drive.emptyTrash',
]);

/** The operations of Drive that only the server can answer, asked for one account. */
export function servedDriveHandlers(find: (accountId: string) => AccountCore): Pick<Handlers<WorkspaceContract, unknown>, Served> {
  const names = Object.keys(drive) as Served[];
  const handler =
    (name: Served) =>
    async ({ accountId, ...input }: { accountId: string }): Promise<unknown> => {
      const account = find(accountId);
      const answer = await (account.server[name] as (input: unknown) => Promise<unknown>)(input);
      if (changesSpaces.has(name)) await account.drive.pullSpaces();
      const { spaceId } = input as { spaceId?: unknown };
      if (changesSpaces.has(name) && typeof spaceId === 'string') account.drive.changed(spaceId);
      return answer;
    };
  return Object.fromEntries(names.map((name) => [name, handler(name)])) as unknown as Pick<Handlers<WorkspaceContract, unknown>, Served>;
}
