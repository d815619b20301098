import { AppError } from '#shared/base/errors.ts';
import { failure, type Reply, type Send } from '#shared/contract/operation.ts';
import { shell } from '#shared/contract/shell.ts';
import { sync } from '#shared/contract/sync.ts';
import { workspace } from '#shared/contract/workspace.ts';

/**
 * Leads a call of the renderer to who serves it: the shell itself, or the agent behind its port. Names of no contract of the
 * renderer's (for instance those that the agent asks of the shell) do not exist here.
 */
export function createRouter(
  serveShell: (name: string, input: unknown) => Promise<Reply>,
  sendToAgent: Send,
  notice: (name: string, input: unknown, reply: unknown) => void,
): Send {
  return async (name, input) => {
    if (Object.hasOwn(shell, name)) return serveShell(name, input);
    if (!Object.hasOwn(workspace, name) && !Object.hasOwn(sync, name)) return failure(new AppError('not_found', 'No such operation'));
    const reply = await sendToAgent(name, input);
    notice(name, input, reply);
    return reply;
  };
}
