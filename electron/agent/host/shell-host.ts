import type { ClientHost, NewMessage } from '#shared/client/context.ts';
import type { Files } from '#shared/client/files.ts';
import type { HostContract } from '#shared/contract/host.ts';
import type { Client } from '#shared/contract/operation.ts';
import type { WorkspaceEvent } from '#shared/contract/workspace.ts';
import { nodeClock, nodeRandom } from './node-clock.ts';
import type { Secrets } from './secrets.ts';

/** The OS keychain, as the shell serves it. */
export const shellSecrets = (shell: Client<HostContract>): Secrets => ({
  available: async () => (await shell['keychain.available']({})).available,
  get: async (accountId, entry) => (await shell['keychain.get']({ accountId, entry })).secret,
  set: async (accountId, entry, secret) => void (await shell['keychain.set']({ accountId, entry, secret })),
  delete: async (accountId, entry) => void (await shell['keychain.delete']({ accountId, entry })),
});

/** What the client's core needs, served by the shell and by Node. The shell decides whether a notification is shown and with how much text. */
export function shellHost(
  shell: Client<HostContract>,
  files: Files,
  emit: (event: WorkspaceEvent) => void,
  report: (bug: unknown) => void,
): ClientHost {
  return {
    clock: nodeClock,
    random: nodeRandom,
    files,
    emit,
    report,
    notify: (message) => {
      const { accountId, roomId, messageId } = message;
      shell['notification.show']({ accountId, roomId, messageId, title: titleOf(message), body: bodyOf(message) }).catch(report);
    },
    withdraw: (accountId, roomId) => void shell['notification.withdraw']({ accountId, roomId }).catch(report),
  };
}

const titleOf = ({ senderName, roomName }: NewMessage): string => (roomName === null ? senderName : `${senderName}・${roomName}`);
const bodyOf = ({ text, fileNames }: NewMessage): string => (text === '' ? fileNames.join('、') : text);
