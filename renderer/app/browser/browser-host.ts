import type { Clock } from '#shared/base/clock.ts';
import { AppError } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import { AccountCore } from '#shared/client/account.ts';
import { newId, type ClientHost } from '#shared/client/context.ts';
import { MemoryStore } from '#shared/client/memory-store.ts';
import { archivePath } from '#shared/client/transfer-source.ts';
import { workspaceHandlers, type Accounts } from '#shared/client/workspace.ts';
import { connect, failure, serve, type Handlers } from '#shared/contract/operation.ts';
import { tenant } from '#shared/contract/tenant.ts';
import { login, type Identity, type LoginOutcome } from '#shared/contract/login.ts';
import { workspace, type LoginProgress, type WorkspaceContract, type WorkspaceEvent } from '#shared/contract/workspace.ts';
import { decideFile } from '#shared/policy/decide-file.ts';
import { denial } from '#shared/policy/denial.ts';
import type { Bridge } from '../host.ts';
import { browserFiles } from './browser-files.ts';
import { browserIdle } from './browser-idle.ts';
import { leaveForProvider, loginWithPasskey, takeUpLogin } from './external-login.ts';
import { browserTransport } from './browser-transport.ts';
import { UnsentWork } from './unsent-work.ts';

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};
const random = (sizeBytes: number): Uint8Array => crypto.getRandomValues(new Uint8Array(sizeBytes));

/** Lets the browser save what the server serves under `path`; it asks the person or not, as they have set it. */
function saveFrom(path: string, name: string): void {
  const link = document.createElement('a');
  link.href = path;
  link.download = name;
  link.click();
}

/** The client's core run by the page itself: the session is the browser's cookie, the store is memory, there is no sync and no shell. */
export async function startBrowserHost(): Promise<Bridge> {
  const url = location.origin;
  const listeners = new Set<(event: unknown) => void>();
  const emit = (event: WorkspaceEvent): void => {
    for (const listener of listeners) listener(event);
  };
  let version = '';
  let account: AccountCore | null = null;
  const { files, register } = browserFiles(() => uuidv7(clock.now(), random(10)));
  const host: ClientHost = {
    clock,
    random,
    files,
    emit,
    notify: () => undefined,
    withdraw: () => undefined,
    report: (bug) => console.error(bug),
  };
  const transport = () => browserTransport(url, version);
  const server = () => connect(tenant, transport().call);
  const entrance = () => connect(login, transport().call);
  const device = () => ({ name: 'Browser', platform: navigator.platform.slice(0, 100), appVersion: version });
  /** Logins under way, in memory: what is not answered ends with the page. */
  const tickets = new Map<string, string>();

  const unsent = new UnsentWork();
  const idle = browserIdle({
    clock,
    emit,
    account: () => account,
    over: () => {
      close('session_idle');
      // Another tab may have said it already, and the server ends it by itself where nobody can.
      void server()
        ['session.end']({ reason: 'idle' })
        .catch(() => undefined);
    },
  });

  const close = (reason: string): void => {
    const ending = account;
    account = null;
    if (ending === null) return;
    idle.closed(ending.accountId);
    if (reason === 'logged_out') unsent.drop();
    else unsent.keep(ending.memberId, ending.store);
    ending.close();
    emit({ type: 'account.ended', accountId: ending.accountId, reason });
    emit({ type: 'accounts.changed' });
  };
  const open = (identity: Identity): string => {
    account?.close();
    const store = new MemoryStore();
    unsent.giveBack(identity.member.id, store);
    const core = new AccountCore({
      accountId: identity.member.id,
      identity,
      transport: transport(),
      store,
      host,
      persistent: false,
      notices: [],
      onEnded: close,
      onPolicy: () => idle.look(),
    });
    account = core;
    core.start();
    idle.opened(core);
    emit({ type: 'accounts.changed' });
    return core.accountId;
  };

  const progressOf = (loginId: string, outcome: LoginOutcome): LoginProgress => {
    tickets.delete(loginId);
    if (outcome.kind === 'open') return { kind: 'open', accountId: open(outcome.identity) };
    tickets.set(loginId, outcome.ticket);
    return { kind: 'continue', loginId, need: outcome.need };
  };

  /** Asks once who the server is, and whether the cookie still opens a session; what got no answer is asked again by the next call. */
  let starting: Promise<void> | null = null;
  const started = (): Promise<void> => {
    starting ??= (async () => {
      version = (await server()['server.info']({})).version;
      try {
        open((await server()['session.current']({})).identity);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'unauthenticated') throw error;
      }
    })().catch((error: unknown) => {
      starting = null;
      throw error;
    });
    return starting;
  };

  const accounts: Accounts = {
    list: () => (account === null ? [] : [account]),
    look: async () => {
      const { tenant: company, demoAccounts } = await server()['server.info']({});
      return { serverUrl: url, version, tenant: company, demoAccounts };
    },
    login: async ({ member, password }) => {
      const input = { member: member.trim().toLowerCase(), password, kind: 'browser', device: device() } as const;
      return progressOf(newId(host), await entrance()['session.login'](input));
    },
    loginExternal: async ({ loginId, method, member }) =>
      progressOf(
        loginId,
        await (method === 'passkey' ? loginWithPasskey(entrance(), device()) : leaveForProvider(entrance(), device(), method, member)),
      ),
    pendingLogin: async () => {
      const outcome = await takeUpLogin(entrance());
      return outcome === null ? null : progressOf(newId(host), outcome);
    },
    continueLogin: async ({ loginId, answer: given }) => {
      const ticket = tickets.get(loginId);
      if (ticket === undefined) throw new AppError('denied', 'This login is over', { details: { reason: 'ticket_expired' } });
      return progressOf(loginId, await entrance()['session.continue']({ ticket, answer: given }));
    },
    cancelLogin: async (loginId) => {
      tickets.delete(loginId);
    },
    visit: () => entrance(),
    active: async () => idle.active(),
    logout: async () => {
      await server()
        ['session.end']({})
        .catch((error: unknown) => {
          // Already over is what was wanted; without an answer the cookie would stay, so that is told.
          if (!(error instanceof AppError) || error.code !== 'unauthenticated') throw error;
        });
      close('logged_out');
    },
    keepLogin: async () => ({ keepLogin: false, permitted: false, keychain: false }),
    setKeepLogin: async () => false,
  };

  const mayReceive = (service: 'talk' | 'drive', name: string, sizeBytes: number): void => {
    const decision =
      account === null ? null : decideFile({ kind: 'file', direction: 'receive', service, name, sizeBytes }, account.policy());
    if (decision?.effect === 'deny') throw denial(decision);
  };
  const info = async () => ({ host: 'browser' as const, version, serverUrl: url, keychain: false });
  const handlers: Handlers<WorkspaceContract, unknown> = {
    ...workspaceHandlers({ accounts, files, info, contentBase: () => '/api' }),
    'message.download': async ({ messageId, fileId }) => {
      const file = account?.store.messages.get(messageId)?.files.find(({ id }) => id === fileId);
      if (file === undefined) throw new AppError('not_found', 'No such file');
      mayReceive('talk', file.name, file.sizeBytes);
      saveFrom(`/api/messages/${encodeURIComponent(messageId)}/files/${encodeURIComponent(fileId)}`, file.name);
      return { transferId: null };
    },
    'drive.downloadZip': async ({ nodeIds }) => {
      saveFrom(archivePath(nodeIds), '');
      return { transferId: null };
    },
    'drive.download': async ({ nodeId, version: wanted }) => {
      const node = account?.drive.known(nodeId);
      const name = node?.name ?? '';
      mayReceive('drive', name, node?.content?.sizeBytes ?? 0);
      saveFrom(`/api/files/${encodeURIComponent(nodeId)}/content${wanted === undefined ? '' : `?version=${wanted}`}`, name);
      return { transferId: null };
    },
  };
  const answer = serve(workspace, handlers, (error) => console.error(error));

  window.addEventListener('online', () => account?.nudge());
  // What waits to be sent would go with the page.
  window.addEventListener('beforeunload', (event) => {
    if ((account?.store.outgoing.all().length ?? 0) > 0) event.preventDefault();
  });

  return {
    call: async (name, input) => {
      try {
        await started();
      } catch (error) {
        return failure(AppError.from(error));
      }
      idle.look();
      return answer(name, input, undefined);
    },
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    registerFiles: async (given) => register(given),
  };
}
