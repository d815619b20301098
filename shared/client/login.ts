import { AppError } from '#shared/base/errors.ts';
import type { Client, Handlers, InputOf } from '#shared/contract/operation.ts';
import type { LoginContract } from '#shared/contract/login.ts';
import type { LoginProgress, WorkspaceContract } from '#shared/contract/workspace.ts';

type LoginOperation = Extract<
  keyof WorkspaceContract,
  | 'account.login'
  | 'account.continueLogin'
  | 'account.cancelLogin'
  | 'account.loginExternal'
  | 'account.pendingLogin'
  | 'login.methods'
  | 'recovery.begin'
  | 'recovery.finish'
  | 'recovery.memberId'
>;

/** How one logs in at a host: in steps, while what a step needs (device key, ticket) stays with the host. */
export interface Logins {
  login(input: InputOf<WorkspaceContract, 'account.login'>): Promise<LoginProgress>;
  continueLogin(input: InputOf<WorkspaceContract, 'account.continueLogin'>): Promise<LoginProgress>;
  cancelLogin(loginId: string): Promise<void>;
  /** Missing where the host cannot open the system's browser. */
  loginExternal?(input: InputOf<WorkspaceContract, 'account.loginExternal'>): Promise<LoginProgress>;
  /** A login with which this page came back; missing where programs are not left for it. Throws `denied` with why there is none. */
  pendingLogin?(): Promise<LoginProgress | null>;
  /** What a server answers to anybody. Throws `invalid` with `insecure_url` for an address that must not be used. */
  visit(serverUrl: string): Pick<Client<LoginContract>, 'login.methods' | 'recovery.begin' | 'recovery.finish' | 'recovery.memberId'>;
}

/** Serves logging in and finding back in (ACC-11, ACC-20, ACC-23). */
export function loginHandlers(logins: Logins): Pick<Handlers<WorkspaceContract, unknown>, LoginOperation> {
  return {
    'account.login': (input) => logins.login(input),
    'account.continueLogin': (input) => logins.continueLogin(input),
    'account.cancelLogin': async ({ loginId }) => {
      await logins.cancelLogin(loginId);
      return {};
    },
    'account.loginExternal': async (input) => {
      if (logins.loginExternal === undefined)
        throw new AppError('denied', 'This program opens no browser', { details: { reason: 'login_method_denied' } });
      return logins.loginExternal(input);
    },
    'account.pendingLogin': async () => ({ progress: (await logins.pendingLogin?.()) ?? null }),
    'login.methods': async ({ serverUrl, member }) =>
      logins.visit(serverUrl)['login.methods'](member === undefined ? {} : { member: nameOf(member) }),
    'recovery.begin': async ({ serverUrl, member }) => logins.visit(serverUrl)['recovery.begin']({ member: nameOf(member) }),
    'recovery.finish': async ({ serverUrl, ...rest }) => logins.visit(serverUrl)['recovery.finish'](rest),
    'recovery.memberId': async ({ serverUrl, email }) => logins.visit(serverUrl)['recovery.memberId']({ email: email.trim() }),
  };
}

/** Member ids are lower case, however they are typed. */
const nameOf = (typed: string): string => typed.trim().toLowerCase();
