import type { Handlers } from '#shared/contract/operation.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import type { AccountCore } from './account.ts';

type SecurityOperation = Extract<keyof WorkspaceContract, `security.${string}`>;

/**
 * Serves what members do to the security of their own account: each is asked of the server with the account's session.
 * Dangerous ones are `denied` with `reauthentication_required` until the person has proved lately who they are.
 */
export function securityHandlers(
  find: (accountId: string) => Pick<AccountCore, 'server' | 'own'>,
): Pick<Handlers<WorkspaceContract, unknown>, SecurityOperation> {
  const own = (accountId: string): AccountCore['own'] => find(accountId).own;
  return {
    'security.get': async ({ accountId }) => own(accountId)['account.security']({}),
    'security.reauthenticate': async ({ accountId, ...proof }) => own(accountId)['session.reauthenticate'](proof),
    'security.passkeyOptions': async ({ accountId }) => own(accountId)['session.passkeyOptions']({}),
    'security.changePassword': async ({ accountId, current, password }) =>
      find(accountId).server['member.changePassword']({ current, password }),
    'security.beginTotp': async ({ accountId }) => own(accountId)['account.totp.begin']({}),
    'security.confirmTotp': async ({ accountId, code }) => own(accountId)['account.totp.confirm']({ code }),
    'security.removeTotp': async ({ accountId }) => own(accountId)['account.totp.remove']({}),
    'security.setEmail': async ({ accountId, address }) => own(accountId)['account.email.set']({ address: address.trim() }),
    'security.confirmEmail': async ({ accountId, code }) => own(accountId)['account.email.confirm']({ code }),
    'security.setEmailCode': async ({ accountId, enabled }) => own(accountId)['account.emailCode.set']({ enabled }),
    'security.renewRecoveryCodes': async ({ accountId }) => own(accountId)['account.recoveryCodes.renew']({}),
    'security.removePasskey': async ({ accountId, id }) => own(accountId)['account.passkey.remove']({ id }),
    'security.beginPasskey': async ({ accountId }) => own(accountId)['account.passkey.begin']({}),
    'security.finishPasskey': async ({ accountId, name, response }) => own(accountId)['account.passkey.finish']({ name, response }),
    'security.removeTrustedDevice': async ({ accountId, id }) => own(accountId)['account.trustedDevice.remove']({ id }),
    'security.sessions': async ({ accountId }) => find(accountId).server['session.list']({}),
    'security.singleLogin': async ({ accountId }) => own(accountId)['account.singleLogin']({}),
    'security.setSingleLogin': async ({ accountId, on }) => own(accountId)['account.setSingleLogin']({ on }),
    'security.endSession': async ({ accountId, sessionId }) => {
      const { server } = find(accountId);
      if (sessionId === null) return server['session.endAll']({});
      await server['session.end']({ sessionId });
      return { ended: 1 };
    },
  };
}
