import { AppError } from '#shared/base/errors.ts';
import type { AccountSecurity } from '#shared/contract/account.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { Session } from '#shared/contract/tenant.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import type { Policy } from '#shared/model/policy.ts';
import { newPasswordFaults, newPasswordRules } from '#shared/policy/password.ts';
import { fakeCodes, fakePassword } from './fake-login.ts';

type SecurityOperation = Extract<keyof WorkspaceContract, `security.${string}`>;

const denied = (reason: string, subject?: string): AppError => new AppError('denied', reason, { details: { reason, subject } });
const recoveryCodes = ['k4tu-9xwm', 'p7ra-2hcd', 'w3ne-6zkf', 'b8my-4tqs', 'h2vj-7gxe', 'c9pd-5nru', 't6fk-3wza', 'm4xs-8byh'];

/** The security of one's own account at a server that asks again who one is before dangerous acts. */
export function fakeSecurity(
  now: number,
  policy: () => Policy,
  /** Where the person must prove themselves first; false for tests of something else. */
  asksAgain: boolean,
): Pick<Handlers<WorkspaceContract, undefined>, SecurityOperation> {
  const day = 86_400_000;
  let fresh = !asksAgain;
  let password = fakePassword;
  let changedAt = now - 40 * day;
  let email = { address: 'misaki.saeki@shiranami.example' as string | null, verified: true };
  let newAddress: string | null = null;
  let totp = false;
  let emailCode = false;
  let codesLeft = 0;
  let passkeys: AccountSecurity['twoStep']['passkeys'] = [
    { id: 'passkey-1', name: 'セキュリティキー', createdAt: now - 12 * day, lastUsedAt: now - day },
  ];
  let trusted: AccountSecurity['trustedDevices'] = [
    { id: 'device-1', name: 'SAEKI-NOTE', platform: 'Windows 11', verifiedAt: now - 3 * day, until: now + 27 * day },
  ];
  const session = (id: string, more: Partial<Session>): Session => ({
    id,
    kind: 'pc-app',
    deviceName: 'SAEKI-NOTE',
    platform: 'win32 10.0.26100',
    version: '0.1.0',
    address: '203.0.113.84',
    createdAt: now - 2 * day,
    lastUsedAt: now - 60_000,
    endedAt: null,
    endedReason: null,
    current: false,
    ...more,
  });
  let singleLogin = false;
  let sessions: Session[] = [
    session('session-1', { current: true }),
    session('session-2', { kind: 'browser', deviceName: 'Browser', platform: 'Linux x86_64', lastUsedAt: now - 7_200_000 }),
    session('session-3', { kind: 'drive-explorer', deviceName: 'KOUJO-PC', lastUsedAt: now - day }),
    session('session-4', { deviceName: 'KASHIDASHI-07', lastUsedAt: now - 5 * day, endedAt: now - 5 * day, endedReason: 'logged_out' }),
  ];

  const provenFirst = (): void => {
    if (!fresh) throw denied('reauthentication_required');
  };
  /** The first method brings recovery codes. */
  const firstCodes = (): string[] | null => {
    if (totp || emailCode || codesLeft > 0) return null;
    codesLeft = recoveryCodes.length;
    return [...recoveryCodes];
  };
  const end = (which: (one: Session) => boolean): number => {
    const ending = sessions.filter((one) => one.endedAt === null && which(one));
    sessions = sessions.map((one) => (ending.includes(one) ? { ...one, endedAt: Date.now(), endedReason: 'logged_out' } : one));
    return ending.length;
  };

  return {
    'security.get': async () => {
      const rules = policy();
      return {
        password: {
          set: true,
          changedAt,
          expiresAt: rules.password.expiryDays === null ? null : changedAt + rules.password.expiryDays * day,
          changeRequested: false,
          rules: newPasswordRules(rules.password),
        },
        email,
        twoStep: {
          required: rules.twoStep.required,
          enabled: totp || emailCode,
          allowed: rules.twoStep.methods,
          totp,
          emailCode,
          passkeys,
          recoveryCodesLeft: codesLeft,
        },
        trustedDevices: trusted,
        identities: [],
        freshUntil: fresh ? Date.now() + 600_000 : 0,
      };
    },
    'security.reauthenticate': async ({ password: given, code }) => {
      if (given !== undefined && given !== password) throw denied('wrong_password');
      if (given === undefined && code !== fakeCodes.totp) throw denied('wrong_code');
      fresh = true;
      return { freshUntil: Date.now() + 600_000 };
    },
    'security.passkeyOptions': async () => ({ options: {} }),
    'security.changePassword': async ({ current, password: wanted }) => {
      if (current !== password) throw denied('wrong_password');
      const [fault] = newPasswordFaults(wanted, 'm.saeki', newPasswordRules(policy().password));
      if (fault !== undefined) throw denied(fault.reason, fault.subject);
      password = wanted;
      changedAt = Date.now();
      return { ended: end((one) => !one.current) };
    },
    'security.beginTotp': async () => {
      provenFirst();
      const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
      return { secret, uri: `otpauth://totp/Hikyaku:m.saeki?secret=${secret}&issuer=Hikyaku` };
    },
    'security.confirmTotp': async ({ code }) => {
      provenFirst();
      if (code !== fakeCodes.totp) throw denied('wrong_code');
      const codes = firstCodes();
      totp = true;
      return { recoveryCodes: codes };
    },
    'security.removeTotp': async () => {
      provenFirst();
      totp = false;
      return {};
    },
    'security.setEmail': async ({ address }) => {
      provenFirst();
      newAddress = address;
      return {};
    },
    'security.confirmEmail': async ({ code }) => {
      if (code !== fakeCodes.email) throw denied('wrong_code');
      email = { address: newAddress, verified: true };
      return {};
    },
    'security.setEmailCode': async ({ enabled }) => {
      provenFirst();
      const codes = enabled ? firstCodes() : null;
      emailCode = enabled;
      return { recoveryCodes: codes };
    },
    'security.renewRecoveryCodes': async () => {
      provenFirst();
      codesLeft = recoveryCodes.length;
      return { recoveryCodes: [...recoveryCodes] };
    },
    'security.removePasskey': async ({ id }) => {
      provenFirst();
      passkeys = passkeys.filter((one) => one.id !== id);
      return {};
    },
    'security.beginPasskey': async () => {
      provenFirst();
      return { options: {} };
    },
    'security.finishPasskey': async ({ name }) => {
      provenFirst();
      passkeys = [...passkeys, { id: crypto.randomUUID(), name, createdAt: Date.now(), lastUsedAt: null }];
      return { recoveryCodes: firstCodes() };
    },
    'security.removeTrustedDevice': async ({ id }) => {
      trusted = trusted.filter((one) => one.id !== id);
      return {};
    },
    'security.singleLogin': async () => ({ on: singleLogin }),
    'security.setSingleLogin': async ({ on }) => ({ on: (singleLogin = on) }),
    'security.sessions': async () => ({ sessions }),
    'security.endSession': async ({ sessionId }) => ({
      ended: end((one) => (sessionId === null ? !one.current : one.id === sessionId)),
    }),
  };
}
