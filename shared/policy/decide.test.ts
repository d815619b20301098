import { expect, test } from 'vitest';
import { defaultPolicy, type Policy } from '#shared/model/policy.ts';
import { applyPatch } from './apply-patch.ts';
import { decide, type PolicyRequest } from './decide.ts';
import { decideFile } from './decide-file.ts';
import { foldedFileName } from './extension.ts';
import { rightsOf } from './rights.ts';
import { isAtLeast } from './version.ts';

type Asking = NonNullable<PolicyRequest['member']>;
type Used = NonNullable<PolicyRequest['session']>;
const person = ({ role = 'member', ...more }: Partial<Asking> = {}): Asking => ({
  id: 'member',
  state: 'active',
  appBlocked: false,
  role,
  rights: rightsOf(role),
  templateId: 'default',
  ...more,
});
const open = (kind: Used['kind'], more: Partial<Used> = {}): Used => ({ kind, ended: false, verified: false, ...more });
const request = (more: Partial<PolicyRequest> = {}): PolicyRequest => ({
  clientVersion: '1.0.0',
  address: '192.0.2.1',
  country: null,
  session: open('pc-app'),
  member: person(),
  act: { kind: 'call', access: 'member' },
  ...more,
});
const rules = (patch: Parameters<typeof applyPatch>[1]): Policy => applyPatch(defaultPolicy, patch);
const reason = (asked: PolicyRequest, policy = defaultPolicy): string => {
  const decision = decide(asked, policy);
  return decision.effect === 'deny' ? `${decision.reason} ${decision.rule}` : 'allow';
};

test('versions are compared number by number', () => {
  expect(isAtLeast('3.10.0', '3.9.0')).toBe(true);
  expect(isAtLeast('3.9.9', '3.10.0')).toBe(false);
  expect(isAtLeast('4.0.0', '3.99.99')).toBe(true);
  expect(isAtLeast('3.9.0', '3.9.0')).toBe(true);
  expect(isAtLeast('3.9.0-beta.1', '3.9.0')).toBe(true);
  expect(isAtLeast('', '0.0.0')).toBe(false);
  expect(isAtLeast('3.9', '3.9.0')).toBe(false);
});

test('the first rule in the order of the gate gives the reason', () => {
  const all = request({
    clientVersion: '1.0.0',
    session: open('pc-app', { ended: true }),
    member: person({ state: 'suspended', appBlocked: true }),
    act: { kind: 'call', access: 'administrator' },
  });
  expect(reason(all, rules({ minimumVersion: '2.0.0' }))).toBe('upgrade_required UPD-01');
  expect(reason(all)).toBe('session_ended ACC-41');
  const live = { ...all, session: open('pc-app') };
  expect(reason(live)).toBe('member_suspended ACC-43');
  const active = { ...live, member: person({ appBlocked: true }) };
  expect(reason(active)).toBe('app_blocked ACC-45');
  expect(reason({ ...active, member: person() })).toBe('role_missing ADM-10');
});

test('states of an account say what it may do at all', () => {
  const of = (state: Asking['state']) => reason(request({ member: person({ state }) }));
  expect([of('active'), of('absent'), of('leave')]).toEqual(['allow', 'allow', 'allow']);
  expect(of('suspended_failures')).toBe('member_suspended_failures ACC-43');
  expect(of('waiting')).toBe('member_waiting ACC-44');
  expect(of('deleted')).toBe('member_deleted ACC-44');
});

test('an app block stops programs and leaves the browser', () => {
  const of = (kind: Used['kind']) => reason(request({ session: open(kind), member: person({ appBlocked: true }) }));
  expect([of('pc-app'), of('drive-explorer'), of('browser')]).toEqual(['app_blocked ACC-45', 'app_blocked ACC-45', 'allow']);
});

test('where only named networks are allowed, everybody else is told their address', () => {
  const policy = rules({ network: { mode: 'designated', ranges: ['10.0.0.0/8', '2001:db8::/32'], exceptions: ['traveller'] } });
  const from = (address: string, more: Partial<Asking> = {}) => decide(request({ address, member: person(more) }), policy);
  const refused = { effect: 'deny', reason: 'network_denied', rule: 'NET-01' };
  expect(from('10.255.0.1')).toEqual({ effect: 'allow' });
  expect(from('::ffff:10.0.0.1')).toEqual({ effect: 'allow' });
  expect(from('2001:db8:1::1')).toEqual({ effect: 'allow' });
  expect(from('11.0.0.1')).toEqual({ ...refused, subject: '11.0.0.1' });
  expect(from('2001:db9::1')).toEqual({ ...refused, subject: '2001:db9::1' });
  expect(from('unknown')).toEqual({ ...refused, subject: 'unknown' });
  expect(from('11.0.0.1', { role: 'administrator' })).toMatchObject(refused);
  expect(from('11.0.0.1', { role: 'supreme' })).toEqual({ effect: 'allow' });
  expect(from('11.0.0.1', { id: 'traveller' })).toEqual({ effect: 'allow' });
  expect(from('11.0.0.1', { appBlocked: true })).toMatchObject({ reason: 'app_blocked' });
  expect(decide(request({ address: '11.0.0.1' }), applyPatch(policy, { network: { mode: 'all' } }))).toEqual({ effect: 'allow' });
});

test('ranges are stored in one way of writing, once each, and one that is none is refused', () => {
  const { network } = rules({ network: { ranges: ['192.168.1.7/24', '192.168.1.0/24', '2001:DB8::1'], exceptions: ['b', 'a', 'b'] } });
  expect(network).toEqual({ ...defaultPolicy.network, ranges: ['192.168.1.0/24', '2001:db8::1'], exceptions: ['a', 'b'] });
  expect(() => rules({ network: { ranges: ['10.0.0.0/40'] } })).toThrow(/no range/);
});

test('keeping a login is one rule a program, and going on is never keeping', () => {
  const of = (kind: 'pc-app' | 'drive-explorer' | 'browser', act: PolicyRequest['act'], policy: Policy) =>
    reason(request({ session: open(kind), act }), policy);
  const noApp = rules({ keepLogin: { pcApp: false } });
  expect(of('pc-app', { kind: 'resume' }, noApp)).toBe('keep_login_forbidden ACC-30');
  expect(of('drive-explorer', { kind: 'resume' }, noApp)).toBe('allow');
  expect(of('drive-explorer', { kind: 'resume' }, rules({ keepLogin: { driveExplorer: false } }))).toBe('keep_login_forbidden ACC-30');
  expect(of('pc-app', { kind: 'call', access: 'member' }, noApp)).toBe('allow');
});

const file = (
  name: string,
  more: Partial<Parameters<typeof decideFile>[0]> = {},
  policy = rules({ blockedExtensions: { talk: ['exe', 'tar.gz'] } }),
) => {
  const decision = decideFile({ kind: 'file', direction: 'send', service: 'talk', name, sizeBytes: 1, ...more }, policy);
  return decision.effect === 'deny' ? `${decision.reason} ${decision.rule} ${decision.subject}` : 'allow';
};

test.each([
  ['capitals', 'Setup.EXE'],
  ['full-width letters', 'setup．ｅｘｅ'],
  ['a trailing dot', 'setup.exe.'],
  ['trailing dots and spaces', 'setup.exe . .'],
  ['a no-break space', 'setup.exe\u00A0'],
  ['a right-to-left override', 'annex\u202Efdp.exe'],
  ['a direction mark inside', 'setup.e\u200Fxe'],
  ['a zero-width joiner', 'setup.ex\u200De'],
  ['a control character', 'setup.exe\u0000'],
  ['a variation selector', 'setup.exe\uFE0F'],
  ['a harmless looking first extension', '報告書.pdf.exe'],
  ['a stream of the file', 'setup.exe::$DATA'],
  ['a stream after a dot', 'setup.exe.:x'],
  ['a colon', 'notes:setup.exe'],
  ['nothing before the dot', '.exe'],
  ['several parts', 'backup.TAR.GZ'],
])('a blocked extension is seen behind %s', (_what, name) => {
  expect(file(name)).toMatch(/^extension_blocked FIL-01 (exe|tar\.gz)$/);
});

test.each(['exe', 'setup.exe.txt', 'setup.exec', 'annual exe report.docx', 'backup.gz', '資料.pptx'])('%s is not blocked', (name) => {
  expect(file(name)).toBe('allow');
});

test('each service has its own list, and what links two obeys both', () => {
  const name = 'tool.exe';
  expect(file(name, { service: 'drive' })).toBe('allow');
  expect(file(name, { service: 'drive', through: 'talk' })).toBe('extension_blocked FIL-03 exe');
  expect(file(name, { service: 'talk', through: 'drive' }, rules({ blockedExtensions: { drive: ['exe'] } }))).toBe(
    'extension_blocked FIL-03 exe',
  );
  expect(file(name, { direction: 'receive' })).toBe('extension_blocked FIL-01 exe');
});

test('the size limit is for sending in Talk', () => {
  const policy = rules({ talkFileLimitBytes: 100 });
  expect(file('a.txt', { sizeBytes: 100 }, policy)).toBe('allow');
  expect(file('a.txt', { sizeBytes: 101 }, policy)).toBe('file_too_large FIL-09 100');
  expect(file('a.txt', { sizeBytes: 101, direction: 'receive' }, policy)).toBe('allow');
  expect(file('a.txt', { sizeBytes: 101, service: 'drive' }, policy)).toBe('allow');
});

test('Drive has a limit of its own, and rooms with outside people a rule of their own', () => {
  const policy = rules({ files: { driveLimitBytes: 100, externalRooms: false } });
  expect(file('a.txt', { sizeBytes: 101, service: 'drive' }, policy)).toBe('file_too_large FIL-11 100');
  expect(file('a.txt', { sizeBytes: 101, service: 'drive', through: 'talk' }, policy)).toBe('file_too_large FIL-11 100');
  expect(file('a.txt', { sizeBytes: 101, service: 'drive', direction: 'receive' }, policy)).toBe('allow');
  expect(file('a.txt', { externalRoom: true }, policy)).toBe('external_room_files FIL-06 undefined');
  expect(file('a.txt', { externalRoom: true, direction: 'receive' }, policy)).toBe('allow');
  expect(file('a.txt', { externalRoom: false }, policy)).toBe('allow');
});

test('a change replaces what it names, folds extensions and leaves the rest', () => {
  const before = rules({ blockedExtensions: { talk: ['bat'], drive: ['iso'] }, contact: { ja: '情報システム部' } });
  const after = applyPatch(before, {
    blockedExtensions: { talk: ['.EXE', '*.exe', 'ｅｘｅ', 'Msi'] },
    contact: { en: 'IT' },
    minimumVersion: '1.2.3',
  });
  expect(after).toEqual({
    ...before,
    blockedExtensions: { talk: ['exe', 'msi'], drive: ['iso'] },
    contact: { ja: '情報システム部', en: 'IT' },
    minimumVersion: '1.2.3',
  });
  expect(applyPatch(after, { minimumVersion: null }).minimumVersion).toBeNull();
  expect(applyPatch(after, {})).toEqual(after);
});

test('an extension of which nothing is left is refused, not dropped', () => {
  expect(() => applyPatch(defaultPolicy, { blockedExtensions: { talk: ['.'] } })).toThrow(/no extension/);
  expect(() => applyPatch(defaultPolicy, { blockedExtensions: { talk: ['\uFDFA\uFDFA'] } })).toThrow(/no extension/);
});

test('folding a folded name changes nothing', () => {
  for (const name of ['Ａ．ＥＸＥ. ', 'ſtraße.TXT', 'x.ｅｘｅ\u202E'])
    expect(foldedFileName(foldedFileName(name))).toBe(foldedFileName(name));
});
