import { AppError } from '#shared/base/errors.ts';
import type { LoginAnswer, LoginMethod, LoginNeed } from '#shared/contract/login.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { LoginProgress, WorkspaceContract } from '#shared/contract/workspace.ts';
import { newPasswordFaults } from '#shared/policy/password.ts';

export interface FakeLoginOptions {
  /** What the server asks after the password, one after the other. */
  readonly needs?: readonly LoginNeed[];
  readonly methods?: readonly LoginMethod[];
}

export const fakePassword = 'correct horse';
/** The code that an authenticator shows, the one that is mailed, and a recovery code. */
export const fakeCodes = { totp: '123456', email: '65432109', recovery: 'k4tu-9xwm' } as const;

type Served = Pick<
  Handlers<WorkspaceContract, undefined>,
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

const denied = (reason: string, subject?: string): AppError => new AppError('denied', reason, { details: { reason, subject } });

/** Logging in at a server that knows `members`, with the steps that its rules ask for. `open` lets somebody in and gives their account. */
export function fakeLogin(options: FakeLoginOptions, members: readonly { memberId: string }[], open: () => string): Served {
  const needs = options.needs ?? [];
  const underWay = new Map<string, number>();
  let failures = 0;
  let mailed = false;
  let next = 0;

  const at = (loginId: string, step: number): LoginProgress => {
    const need = needs[step];
    if (need === undefined) {
      underWay.delete(loginId);
      return { kind: 'open', accountId: open() };
    }
    underWay.set(loginId, step);
    return { kind: 'continue', loginId, need };
  };
  const judge = (need: LoginNeed, answer: LoginAnswer): void => {
    if (answer.type === 'code') {
      const right = answer.code === fakeCodes[answer.method] && (answer.method !== 'email' || mailed);
      if (!right) throw denied('wrong_code');
    }
    if (answer.type === 'enrol_totp' && answer.code !== fakeCodes.totp) throw denied('wrong_code');
    if (answer.type === 'new_password' && need.type === 'new_password') {
      const [fault] = newPasswordFaults(answer.password, null, need.rules);
      if (fault !== undefined) throw denied(fault.reason, fault.subject);
      if (answer.password === fakePassword) throw denied('password_reused', String(need.rules.reuseBan));
    }
  };

  return {
    'account.login': async ({ member, password: given }) => {
      if (failures >= 3)
        throw new AppError('rate_limited', 'Too many', { details: { reason: 'too_many_attempts', retryAfterSeconds: 20 } });
      if (given !== fakePassword || !members.some(({ memberId }) => memberId === member)) {
        failures += 1;
        throw new AppError('unauthenticated', 'No', { details: { reason: 'wrong_credentials' } });
      }
      next += 1;
      return at(`login-${next}`, 0);
    },
    'account.continueLogin': async ({ loginId, answer }) => {
      const step = underWay.get(loginId);
      const need = step === undefined ? undefined : needs[step];
      if (step === undefined || need === undefined) throw denied('ticket_expired');
      if (answer.type === 'send_code') {
        mailed = true;
        return at(loginId, step);
      }
      judge(need, answer);
      return at(loginId, step + 1);
    },
    'account.cancelLogin': async ({ loginId }) => {
      underWay.delete(loginId);
      return {};
    },
    'account.loginExternal': async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      throw denied('login_method_denied');
    },
    'account.pendingLogin': async () => ({ progress: null }),
    'login.methods': async () => ({ methods: [...(options.methods ?? [])] }),
    'recovery.begin': async () => ({ ticket: 'recovery' }),
    'recovery.finish': async ({ code }) => {
      if (code !== fakeCodes.email) throw denied('wrong_code');
      return {};
    },
    'recovery.memberId': async () => ({}),
  };
}
