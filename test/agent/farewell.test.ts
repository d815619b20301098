import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Farewell, Occasion } from '#shared/model/farewell.ts';
import type { FolderFate } from '#shared/model/rules-account.ts';
import { asAdministrator, setRules } from './support/administrator.ts';
import { eventually, testKeychain } from './support/agent.ts';
import { login, openDesk, pathsIn, plantFolder, readable, unseal, type Desk, type Planted } from './support/leaving.ts';
import { startServerProcess, type ServerProcess } from './support/server-process.ts';

// EXP-08, ACC-50, ACC-51: what becomes of synced folders, messages and keys when an account leaves this device.

let server: ServerProcess;
let tenant = '';
const desks: Desk[] = [];
let takeBack: () => Promise<unknown> = async () => undefined;
beforeAll(async () => {
  server = await startServerProcess();
});
afterAll(() => server.close());
afterEach(async () => {
  for (const desk of desks.splice(0)) {
    await desk.close();
    expect(desk.agent.bugs).toEqual([]);
  }
  const back = takeBack;
  takeBack = async () => undefined;
  await back();
  await setRules(server.url, { syncedFolders: { logout: 'keep', block: 'keep', wipe: 'erase', leave: 'erase' } });
});

const opened = async (before: Partial<Desk> = {}): Promise<Desk> => {
  const desk = await openDesk(before);
  desks.push(desk);
  return desk;
};
const token = (): string => `秘${randomBytes(6).toString('hex')}`;
const admin = <T>(run: Parameters<typeof asAdministrator<T>>[1]) => asAdministrator(server.url, run);

/** Makes it happen; the returned function takes it back. */
type Way = 'logout' | 'forced logout' | 'app block' | 'suspension' | 'wipe' | 'leave';
const ruleOf: Readonly<Record<Way, Occasion>> = {
  ...{ logout: 'logout', 'forced logout': 'logout', 'app block': 'block', suspension: 'block', wipe: 'wipe', leave: 'leave' },
};

const wipe = (desk: Desk, accountId: string) => {
  const { sessionId } = desk.agent.accounts.list().find((core) => core.accountId === accountId)!.identity;
  return wipeSession(sessionId);
};
const wipeSession = (sessionId: string) =>
  admin(async (calls) => {
    const { sessions } = await calls['session.list']({ member: 'sato' });
    expect(sessions.some(({ id }) => id === sessionId)).toBe(true);
    const { devices } = await calls['device.list']({ member: 'sato' });
    const newest = devices.toSorted((a, b) => b.lastSeenAt - a.lastSeenAt)[0]!;
    await calls['device.wipe']({ deviceId: newest.id });
    return newest.id;
  });
const wipeState = (id: string) =>
  admin(async (calls) => (await calls['device.list']({ member: 'sato' })).devices.find((one) => one.id === id)!.wipe);

async function happen(way: Way, desk: Desk, accountId: string): Promise<() => Promise<unknown>> {
  switch (way) {
    case 'logout':
      await desk.agent.workspace['account.logout']({ accountId });
      return async () => undefined;
    case 'forced logout': {
      const { sessionId } = desk.agent.accounts.list().find((core) => core.accountId === accountId)!.identity;
      await admin((calls) => calls['session.end']({ sessionId }));
      return async () => undefined;
    }
    case 'app block':
      await admin((calls) => calls['member.setAppBlock']({ member: 'sato', blocked: true }));
      return () => admin((calls) => calls['member.setAppBlock']({ member: 'sato', blocked: false }));
    case 'suspension':
      await admin((calls) => calls['member.setState']({ member: 'sato', state: 'suspended' }));
      return () => admin((calls) => calls['member.setState']({ member: 'sato', state: 'active' }));
    case 'wipe': {
      const id = await wipe(desk, accountId);
      return () => eventually('told', async () => (await wipeState(id)) === 'done');
    }
    case 'leave':
      await admin((calls) => calls['member.delete']({ members: ['sato'] }));
      return () => admin((calls) => calls['member.undelete']({ member: 'sato' }));
  }
}

const told = async ({ agent }: Desk): Promise<Farewell[]> => (await agent.workspace['account.farewell']({})).farewells;
const ownFiles = (planted: Planted) => new Map([...planted.sent, ...planted.unsent]);
const foldersBeside = ({ root }: Planted) =>
  readdirSync(path.dirname(root)).filter((name) => name.startsWith(`${path.basename(root)} (Hikyaku`));

const cases = (['logout', 'forced logout', 'app block', 'suspension', 'wipe', 'leave'] as const).flatMap((way) =>
  (['keep', 'recovery', 'erase'] as const).map((fate): [Way, FolderFate] => [way, fate]),
);
it.each(cases)(
  '%s with "%s": nothing unsent is lost, and what the rule says becomes of the rest',
  async (way, fate) => {
    const secret = token();
    const isLast = way === 'wipe' || way === 'leave';
    await setRules(server.url, { syncedFolders: { [ruleOf[way]]: fate } });
    const keychain = testKeychain();
    const desk = await opened({ keychain });
    const accountId = await login(desk, server, 'sato');
    tenant = (await desk.agent.account()).tenant;
    const planted = await plantFolder(desk, accountId, secret);
    const [room] = (await desk.agent.workspace['room.list']({ accountId })).rooms;
    await desk.agent.workspace['draft.set']({ accountId, roomId: room!.id, text: `${secret} draft` });
    const before = pathsIn(planted.root).filter((at) => !at.startsWith('.hikyaku-sync'));

    takeBack = await happen(way, desk, accountId);
    if (fate === 'keep' && !isLast) {
      await eventually('over', async () => {
        const [account] = (await desk.agent.workspace['account.list']({})).accounts;
        return account === undefined || account.connection === 'locked';
      });
      await desk.agent.accounts.close();
      expect(await told(desk)).toEqual([]);
    } else {
      const [farewell] = await eventually('told', async () => (await told(desk)).length === 1 && (await told(desk)));
      expect(farewell).toMatchObject({ occasion: ruleOf[way], accountId, memberId: 'sato', erased: isLast, messages: isLast ? 1 : 0 });
      expect(farewell!.folders).toMatchObject([{ folder: planted.root, fate, trouble: null, sealed: fate === 'erase' ? 2 : 0 }]);
    }

    const place = fate === 'recovery' ? path.join(path.dirname(planted.root), foldersBeside(planted)[0]!) : planted.root;
    if (fate !== 'recovery') expect(foldersBeside(planted)).toEqual([]);
    const left = pathsIn(place).filter((at) => !at.startsWith('.hikyaku-sync') && !at.includes('Hikyaku'));
    expect(left).toEqual(fate === 'erase' ? [...planted.strange].sort() : before);
    if (fate !== 'erase') for (const [at, bytes] of ownFiles(planted)) expect(readFileSync(path.join(place, at))).toEqual(bytes);
    if (fate === 'recovery') {
      expect(pathsIn(planted.root)).toEqual([]);
      const note = pathsIn(place).find((at) => at.includes('お読みください'));
      expect(readFileSync(path.join(place, note!), 'utf8')).toMatch(new RegExp(`sato@${tenant}[^]*管理者[^]*administrator`));
    }
    expect(pathsIn(planted.outside)).toEqual(['外.txt']);
    expect(readFileSync(path.join(planted.outside, '外.txt'), 'utf8')).toBe('outside');

    const sealed = unseal(server, tenant, desk.profile);
    const files = sealed.filter(({ kind }) => kind === 'file');
    if (fate === 'erase') {
      expect(new Map(files.map((one) => [path.relative(planted.root, one.path), one.bytes]))).toEqual(planted.unsent);
    } else expect(files).toEqual([]);
    expect(sealed.filter(({ kind }) => kind === 'messages').map(({ bytes }) => bytes.toString().includes(`${secret} draft`))).toEqual(
      isLast ? [true] : [],
    );

    expect(readable(desk.profile).includes(secret)).toBe(false);
    if (isLast) {
      await eventually('no keys', () => [...keychain.entries.keys()].length === 0);
      expect(existsSync(path.join(desk.profile, 'accounts', accountId))).toBe(false);
      expect(readFileSync(path.join(desk.profile, 'accounts.json'), 'utf8')).not.toContain(accountId);
      expect(await desk.agent.workspace['account.list']({})).toEqual({ accounts: [] });
      const [{ id }] = (await told(desk)) as [Farewell];
      expect((await desk.agent.workspace['account.farewell']({ seen: [id] })).farewells).toEqual([]);
    }
  },
  60_000,
);
