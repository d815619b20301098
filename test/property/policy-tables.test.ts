import { describe, expect, test } from 'vitest';
import { ClientKind, defaultPolicy, Policy, PolicyPatch } from '#shared/model/policy.ts';
import { Environment, Service } from '#shared/model/rights.ts';
import type { Role } from '#shared/model/member.ts';
import { applyPatch } from '#shared/policy/apply-patch.ts';
import { decide, type PolicyRequest } from '#shared/policy/decide.ts';
import { rightsOf } from '#shared/policy/rights.ts';

const request = (more: Partial<PolicyRequest> = {}): PolicyRequest => ({
  clientVersion: '1.0.0',
  address: '198.51.100.9',
  country: 'DE',
  session: { kind: 'pc-app', ended: false, verified: false },
  member: { id: 'member', state: 'active', appBlocked: false, role: 'member', rights: [], templateId: 'default' },
  act: { kind: 'call', access: 'member' },
  ...more,
});
const verdict = (asked: PolicyRequest, change: PolicyPatch): string => {
  const decision = decide(asked, applyPatch(defaultPolicy, change));
  return decision.effect === 'deny' ? `${decision.reason} ${decision.rule}` : 'allow';
};

describe('NET-04: which restriction reaches which program', () => {
  const countries: PolicyPatch = { network: { limitCountries: true, countries: ['JP'], outside: 'block' } };
  const addresses: PolicyPatch = { network: { mode: 'designated', ranges: ['203.0.113.0/24'] } };
  test.each<[ClientKind, country: string, address: string]>([
    ['browser', 'country_denied NET-03', 'network_denied NET-01'],
    ['mobile', 'country_denied NET-03', 'allow'],
    ['pc-app', 'country_denied NET-03', 'network_denied NET-01'],
    ['drive-explorer', 'country_denied NET-03', 'network_denied NET-01'],
    ['dav', 'country_denied NET-03', 'network_denied NET-01'],
  ])('%s', (kind, byCountry, byAddress) => {
    const session = { kind, ended: false, verified: false };
    expect([verdict(request({ session }), countries), verdict(request({ session }), addresses)]).toEqual([byCountry, byAddress]);
    expect(verdict(request({ session, country: 'JP' }), countries)).toBe('allow');
    expect(verdict(request({ session, address: '203.0.113.7' }), addresses)).toBe('allow');
  });
  test('no kind is missing from the table', () => expect(ClientKind.options).toHaveLength(5));
});

describe('NET-01…06: who is exempt from what', () => {
  const addresses: PolicyPatch = { network: { mode: 'designated', ranges: [], exceptions: ['excepted'] } };
  const block: PolicyPatch = { network: { limitCountries: true, countries: ['JP'], outside: 'block', exceptions: ['excepted'] } };
  const verify: PolicyPatch = { network: { ...block.network, outside: 'verify' } };
  const who = (role: Role, id = 'member'): Partial<PolicyRequest> => ({
    member: { ...request().member!, role, id, rights: rightsOf(role) },
  });
  test.each<[what: string, more: Partial<PolicyRequest>, address: string, blocked: string, verified: string]>([
    ['a member', {}, 'network_denied NET-01', 'country_denied NET-03', 'country_unverified NET-03'],
    ['an excepted member', who('member', 'excepted'), 'allow', 'country_denied NET-03', 'country_unverified NET-03'],
    ['a sub-administrator', who('administrator'), 'network_denied NET-01', 'country_denied NET-03', 'country_unverified NET-03'],
    ['an operator', who('operator'), 'network_denied NET-01', 'country_denied NET-03', 'country_unverified NET-03'],
    ['the supreme administrator', who('supreme'), 'allow', 'country_unverified NET-03', 'country_unverified NET-03'],
    [
      'who verified themselves',
      { session: { kind: 'pc-app', ended: false, verified: true } },
      'network_denied NET-01',
      'country_denied NET-03',
      'allow',
    ],
    ['a private network', { address: '192.168.1.4', country: null }, 'network_denied NET-01', 'allow', 'allow'],
    ['this machine', { address: '127.0.0.2', country: null }, 'network_denied NET-01', 'allow', 'allow'],
    ['an address of no known country', { country: null }, 'network_denied NET-01', 'country_denied NET-03', 'country_unverified NET-03'],
    [
      'nobody yet (a login that begins)',
      { member: null, session: null, act: { kind: 'call', access: 'public' } },
      'allow',
      'allow',
      'allow',
    ],
  ])('%s', (_what, more, byAddress, blocked, verified) => {
    const asked = request(more);
    expect([verdict(asked, addresses), verdict(asked, block), verdict(asked, verify)]).toEqual([byAddress, blocked, verified]);
    expect(verdict(asked, { network: { ...block.network, mode: 'designated', ranges: ['0.0.0.0/0', '::/0'] } })).toBe('allow');
  });
  test('unknown countries are inside where the rule says so', () => {
    expect(verdict(request({ country: null }), { network: { ...block.network, unknownCountry: 'inside' } })).toBe('allow');
  });
});

describe('ADM-08, ADM-09: a service is there where the template has its environment', () => {
  const cases = Service.options.flatMap((service) => Environment.options.map((environment) => [service, environment] as const));
  test.each(cases)('%s in %s alone', (service, environment) => {
    const services = { talk: [] as Environment[], drive: [] as Environment[], [service]: [environment] };
    const change = { permissions: { templates: [{ id: 'default', name: 'Standard', services }] } };
    for (const kind of ClientKind.options) {
      const session = { kind, ended: false, verified: false };
      const where = kind === 'dav' ? 'drive-explorer' : kind;
      for (const used of Service.options) {
        const expected =
          used === service && where === environment ? 'allow' : `service_denied ${where === 'drive-explorer' ? 'ADM-09' : 'ADM-08'}`;
        expect([kind, used, verdict(request({ session, act: { kind: 'call', access: 'member', service: used } }), change)]).toEqual([
          kind,
          used,
          expected,
        ]);
      }
      expect(verdict(request({ session }), change)).toBe('allow');
    }
  });

  test('the sync engine in the app needs both the app and the Drive explorer', () => {
    const asked = request({ act: { kind: 'call', access: 'member', service: 'drive', environment: 'drive-explorer' } });
    const drive = (...environments: Environment[]): PolicyPatch => ({
      permissions: { templates: [{ id: 'default', name: 'Standard', services: { talk: [], drive: environments } }] },
    });
    expect(verdict(asked, drive('pc-app'))).toBe('service_denied ADM-09');
    expect(verdict(asked, drive('drive-explorer'))).toBe('service_denied ADM-08');
    expect(verdict(asked, drive('pc-app', 'drive-explorer'))).toBe('allow');
  });

  test('a member’s template counts; one that is gone counts as the default one', () => {
    const all = defaultPolicy.permissions.templates[0]!.services;
    const templates = [
      { id: 'default', name: 'Standard', services: { ...all, talk: [] } },
      { id: 'own', name: 'Own', services: { ...all, drive: [] } },
    ];
    const of = (templateId: string, service: Service) =>
      verdict(request({ member: { ...request().member!, templateId }, act: { kind: 'call', access: 'member', service } }), {
        permissions: { templates },
      });
    expect([of('own', 'talk'), of('own', 'drive')]).toEqual(['allow', 'service_denied ADM-08']);
    expect([of('gone', 'talk'), of('gone', 'drive')]).toEqual(['service_denied ADM-08', 'allow']);
    const file = (service: Service, through?: Service): PolicyRequest['act'] => ({
      kind: 'file',
      direction: 'send',
      service,
      ...(through === undefined ? {} : { through }),
      name: 'a.txt',
      sizeBytes: 1,
    });
    const member = { ...request().member!, templateId: 'own' };
    expect(verdict(request({ member, act: file('talk') }), { permissions: { templates } })).toBe('allow');
    expect(verdict(request({ member, act: file('talk', 'drive') }), { permissions: { templates } })).toBe('service_denied ADM-08');
  });
});

describe('UPD-01…03: which versions may be used', () => {
  const published = ['3.5.0', '3.6.0', '3.7.0', '3.7.2', '3.4.9', '3.9.0', '3.10.0', '3.8.1', '4.0.0'];
  const upTo = (newest: string): string[] => published.filter((version) => compare(version, newest) <= 0);
  const compare = (a: string, b: string): number => {
    const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
    const at = left.findIndex((value, index) => value !== right[index]);
    return at < 0 ? 0 : left[at]! - right[at]!;
  };
  test.each<[newest: string, usable: string[], refused: string[]]>([
    ['3.7.2', ['3.7.2', '3.7.0', '3.6.0', '3.6.9', '3.5.0', '3.8.0'], ['3.4.9', '3.4.99', '2.9.0', '', '3.7']],
    ['3.10.0', ['3.10.0', '3.9.0', '3.8.0'], ['3.7.2', '3.1.0']],
    ['4.0.0', ['4.0.0', '3.10.5', '3.9.0', '4.1.0-beta.1'], ['3.8.1', '3.7.2']],
    ['3.5.0', ['3.5.0', '3.4.9', '3.3.0', '0.0.1'], []],
  ])('with %s as the newest', (newest, usable, refused) => {
    const change: PolicyPatch = { versions: { supported: 'three_majors', published: upTo(newest) } };
    for (const clientVersion of usable)
      expect([clientVersion, verdict(request({ clientVersion }), change)]).toEqual([clientVersion, 'allow']);
    for (const clientVersion of refused) {
      expect([clientVersion, verdict(request({ clientVersion }), change)]).toEqual([clientVersion, 'upgrade_required UPD-01']);
    }
  });

  test('single versions and ranges are refused whatever else allows them, and the ends belong to them', () => {
    const denied = [
      { from: '3.2.0', to: '3.2.4' },
      { from: '3.6.1', to: '3.6.1' },
    ];
    const of = (clientVersion: string): string | undefined => {
      const decision = decide(request({ clientVersion }), applyPatch(defaultPolicy, { versions: { denied }, minimumVersion: '3.0.0' }));
      return decision.effect === 'deny' ? decision.subject : undefined;
    };
    expect(['3.1.9', '3.2.0', '3.2.4', '3.2.5', '3.6.0', '3.6.1', '3.6.2', '2.9.9'].map(of)).toEqual([
      undefined,
      '3.2.0–3.2.4',
      '3.2.0–3.2.4',
      undefined,
      undefined,
      '3.6.1',
      undefined,
      '3.0.0',
    ]);
  });
});

describe('the values that a rule can have', () => {
  const megabyte = 1_048_576;
  const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `x${index}`);
  test.each<[what: string, set: (value: unknown) => object, taken: unknown[], refused: unknown[]]>([
    ['ACC-01 format', (format) => ({ password: { format } }), ['letters_digits', 'letters_digits_special'], ['any', '', null]],
    ['ACC-02 length', (minimumLength) => ({ password: { minimumLength } }), [8, 12, 20], [7, 21, 8.5, null]],
    ['ACC-03 expiry', (expiryDays) => ({ password: { expiryDays } }), [null, 30, 60, 90, 180, 365], [0, 29, 31, 360, 364, 366]],
    ['ACC-04 reuse', (reuseBan) => ({ password: { reuseBan } }), [0, 1, 2, 3, 4, 5], [-1, 6, null]],
    ['ACC-05 lock-out', (lockoutFailures) => ({ password: { lockoutFailures } }), [null, 3, 4, 5, 6, 7, 8, 9, 10], [0, 2, 11, 3.5]],
    ['ACC-20 methods', (methods) => ({ twoStep: { methods } }), [['totp'], ['totp', 'email', 'passkey']], [[], ['sms'], null]],
    [
      'ACC-31 browser',
      (browserMinutes) => ({ idleLogout: { browserMinutes } }),
      [null, 30, 60, 120, 240, 360, 720, 1_440, 10_080, 20_160, 43_200],
      [0, 1, 29, 31, 90, 1_439, 43_201, '30'],
    ],
    [
      'ACC-33 app',
      (pcAppMinutes) => ({ idleLogout: { pcAppMinutes } }),
      [null, 30, 60, 120, 240, 360, 720, 1_440, 10_080, 20_160, 43_200],
      [0, 5, 480, 259_200],
    ],
    ['ACC-30 kept logins', (pcApp) => ({ keepLogin: { pcApp } }), [true, false], [null, 'yes', 1]],
    ['EXP-08 folders', (wipe) => ({ syncedFolders: { wipe } }), ['keep', 'recovery', 'erase'], ['delete', null]],
    ['NET-01 mode', (mode) => ({ network: { mode } }), ['all', 'designated'], ['none', null]],
    ['NET-03 outside', (outside) => ({ network: { outside } }), ['verify', 'block'], ['allow', null]],
    ['NET-02 countries', (countries) => ({ network: { countries } }), [[], ['JP'], ['JP', 'US']], [['jp'], ['JPN'], ['J1'], [''], 'JP']],
    ['NET-07 ranges', (ranges) => ({ network: { ranges } }), [[], many(2_000)], [many(2_001), [''], null]],
    ['NET-06 exceptions', (exceptions) => ({ network: { exceptions } }), [[], many(1_000)], [many(1_001), null]],
    ['FIL-01 extensions', (talk) => ({ blockedExtensions: { talk } }), [[], ['exe'], many(200)], [many(201), [''], ['x'.repeat(33)]]],
    [
      'FIL-09 sizes',
      (talkFileLimitBytes) => ({ talkFileLimitBytes }),
      [1, 5, 10, 20, 50, 100, 500, 1_024, 2_048].map((size) => size * megabyte),
      [-1, 1.5, null, '1'],
    ],
    ['FIL-11 sizes', (driveLimitBytes) => ({ files: { driveLimitBytes } }), [10, 200].map((size) => size * 1_024 * megabyte), [-1, null]],
    ['FIL-08 retention', (downloadLogDays) => ({ files: { downloadLogDays } }), [1, 31, 365], [0, 366, null]],
    ['FIL-05 scanner', (scannerDown) => ({ files: { scannerDown } }), ['hold', 'allow'], ['block', null]],
    ['UPD-01 minimum', (minimumVersion) => ({ minimumVersion }), [null, '0.0.0', '3.10.2'], ['3', '3.1', '3.1.x', 'v3.1.0', '']],
    ['UPD-01 supported', (supported) => ({ versions: { supported } }), ['all', 'three_majors'], ['two_majors', null]],
    ['ADM-04 invitations', (by) => ({ invitations: { by } }), ['nobody', 'administrators', 'everyone'], ['members', null]],
    ['ADM-06 groups', (groupsBy) => ({ directory: { groupsBy } }), ['administrators', 'everyone'], ['nobody', null]],
    ['the offline lease', (offlineLeaseHours) => ({ offlineLeaseHours }), [1, 168, 720], [0, 721, 1.5, null]],
    ['fields that there are none of', (value) => ({ password: { nonsense: value } }), [], [1]],
  ])('%s', (_what, set, taken, refused) => {
    for (const value of taken) expect([value, PolicyPatch.safeParse(set(value)).success]).toEqual([value, true]);
    for (const value of refused) expect([value, PolicyPatch.safeParse(set(value)).success]).toEqual([value, false]);
  });

  test('rules of an older server, with sections and fields missing, are read with the defaults', () => {
    expect(Policy.parse({})).toEqual(defaultPolicy);
    expect(Policy.parse({ network: { mode: 'designated', ranges: ['10.0.0.0/8'], exceptions: [] }, keepLogin: { pcApp: false } })).toEqual(
      applyPatch(defaultPolicy, { network: { mode: 'designated', ranges: ['10.0.0.0/8'] }, keepLogin: { pcApp: false } }),
    );
  });
});
