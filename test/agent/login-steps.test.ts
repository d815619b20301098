import { Secret, TOTP } from 'otpauth';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Client } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { LoginProgress } from '#shared/contract/workspace.ts';
import { asAdministrator } from './support/administrator.ts';
import { startAgent, tempFolder, testKeychain, type TestAgent } from './support/agent.ts';
import { openedAccount } from './support/opened-account.ts';
import { demoPassword, startServerProcess, type ServerProcess } from './support/server-process.ts';

// A login that goes on in steps, by the agent against a real server. What a step needs stays with the agent.

let server: ServerProcess;
let agent: TestAgent;
beforeAll(async () => {
  server = await startServerProcess();
  agent = await startAgent({ profile: tempFolder('steps'), keychain: testKeychain() });
});
afterAll(async () => {
  await agent.close();
  expect(agent.bugs).toEqual([]);
  await server.close();
});
afterEach(async () => {
  for (const { accountId } of (await agent.workspace['account.list']({})).accounts) await agent.workspace['account.logout']({ accountId });
});

const begin = (member: string, password = demoPassword): Promise<LoginProgress> =>
  agent.workspace['account.login']({ serverUrl: server.url, member, password, keepLogin: false });
type Waiting = Extract<LoginProgress, { kind: 'continue' }>;
const waiting = (progress: LoginProgress): Waiting => {
  expect(progress.kind).toBe('continue');
  return progress as Waiting;
};
const codeOf = (secret: string): string => TOTP.generate({ secret: Secret.fromBase32(secret) });
/** While every member needs a second step; the administrator's own session was open before. */
const whileRequired = (run: () => Promise<void>): Promise<void> =>
  asAdministrator(server.url, async (calls: Client<ServerContract>) => {
    await calls['policy.set']({ patch: { twoStep: { required: true } } });
    try {
      await run();
    } finally {
      await calls['policy.set']({ patch: { twoStep: { required: false } } });
    }
  });

it('sets up the second step that a rule requires, keeps its place after a wrong code, and opens', async () => {
  await whileRequired(async () => {
    const first = waiting(await begin('sato'));
    expect(first.need).toMatchObject({ type: 'enrol_totp' });
    const { secret } = first.need as Extract<Waiting['need'], { type: 'enrol_totp' }>;
    const { loginId } = first;
    const answer = (code: string) => agent.workspace['account.continueLogin']({ loginId, answer: { type: 'enrol_totp', code } });
    await expect(answer('000000')).rejects.toMatchObject({ details: { reason: 'wrong_code' } });
    const second = waiting(await answer(codeOf(secret)));
    expect(second.loginId).toBe(loginId);
    expect(second.need.type).toBe('recovery_codes');
    const { codes } = second.need as Extract<Waiting['need'], { type: 'recovery_codes' }>;
    expect(codes.length).toBeGreaterThanOrEqual(8);
    const { accountId } = await openedAccount(
      agent.workspace['account.continueLogin']({ loginId, answer: { type: 'recovery_codes_kept' } }),
    );
    expect((await agent.workspace['security.get']({ accountId })).twoStep).toMatchObject({ required: true, enabled: true, totp: true });

    await agent.workspace['account.logout']({ accountId });
    const again = waiting(await begin('sato'));
    expect(again.need).toMatchObject({ type: 'code', why: 'two_step' });
    const byRecovery = { type: 'code', method: 'recovery', code: codes[0]!, trustDevice: true } as const;
    await openedAccount(agent.workspace['account.continueLogin']({ loginId: again.loginId, answer: byRecovery }));
  });
  // The device is trusted now: the code is not asked for again.
  await openedAccount(begin('sato'));
});

it('forgets a login that was given up, and answers nothing for one that it never knew', async () => {
  await whileRequired(async () => {
    const { loginId } = waiting(await begin('tanaka'));
    await agent.workspace['account.cancelLogin']({ loginId });
    const answer = { type: 'enrol_totp', code: '123456' } as const;
    await expect(agent.workspace['account.continueLogin']({ loginId, answer })).rejects.toMatchObject({
      details: { reason: 'ticket_expired' },
    });
    await expect(agent.workspace['account.continueLogin']({ loginId: 'none', answer })).rejects.toMatchObject({
      details: { reason: 'ticket_expired' },
    });
  });
  expect((await agent.workspace['account.list']({})).accounts).toEqual([]);
});

it('asks for a new password where the administrator wants one, and the session is good with it', async () => {
  await asAdministrator(server.url, async (calls) => {
    await calls['member.requestPasswordChange']({ members: ['suzuki'] });
  });
  const { loginId, need } = waiting(await begin('suzuki'));
  expect(need).toMatchObject({ type: 'new_password', why: 'requested', rules: { minimumLength: 8, maximumLength: 20 } });
  const save = (password: string) => agent.workspace['account.continueLogin']({ loginId, answer: { type: 'new_password', password } });
  await expect(save('short1')).rejects.toMatchObject({ details: { reason: 'password_too_short' } });
  const { accountId } = await openedAccount(save('new-password-77'));
  expect((await agent.workspace['security.get']({ accountId })).password.changeRequested).toBe(false);
  await expect(begin('suzuki')).rejects.toMatchObject({ details: { reason: 'wrong_credentials' } });
  await openedAccount(begin('suzuki', 'new-password-77'));
});

it('changes the own password only for whoever knows the present one, and says where else that ended the login', async () => {
  const elsewhere = await startAgent({ profile: tempFolder('elsewhere'), keychain: testKeychain() });
  const login = { serverUrl: server.url, member: 'kubota', password: demoPassword, keepLogin: false };
  await openedAccount(elsewhere.workspace['account.login'](login));
  const { accountId } = await openedAccount(begin('kubota'));
  const change = (current: string, password: string) => agent.workspace['security.changePassword']({ accountId, current, password });
  await expect(change('not-this-1', 'another-55')).rejects.toMatchObject({ details: { reason: 'wrong_password' } });
  expect(await change(demoPassword, 'another-55')).toEqual({ ended: 1 });
  expect((await agent.workspace['security.sessions']({ accountId })).sessions.filter(({ endedAt }) => endedAt === null)).toHaveLength(1);
  await elsewhere.close();
});
