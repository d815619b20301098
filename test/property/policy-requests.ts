import fc from 'fast-check';
import { MemberState, Role } from '#shared/model/member.ts';
import { ClientKind, defaultPolicy, type Policy, type PolicyPatch } from '#shared/model/policy.ts';
import { AdminRight, Environment, Service } from '#shared/model/rights.ts';
import { applyPatch } from '#shared/policy/apply-patch.ts';
import type { Act, PolicyRequest } from '#shared/policy/decide.ts';
import { foldedExtension } from '#shared/policy/extension.ts';
import { rightsOf } from '#shared/policy/rights.ts';

const numbers = fc.tuple(fc.nat(5), fc.nat(5), fc.nat(5)).map((parts) => parts.join('.'));
export const version = fc.oneof({ weight: 6, arbitrary: numbers }, fc.constantFrom('', 'x', '1.2', '3.10.0-beta.1'));
const extension = fc.oneof(
  fc.constantFrom('exe', 'bat', 'tar.gz', 'ｍｓｉ', 'IsO', 'txt'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
);
/** Extensions that the rules take. */
export const storable = extension.filter((text) => {
  const folded = foldedExtension(text);
  return folded !== '' && folded.length <= 32 && !/[:/\\]/.test(folded);
});
const name = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc
    .tuple(fc.string({ unit: 'grapheme', maxLength: 10 }), extension, fc.constantFrom('', '.', ' ', '\u202E', '. .'))
    .map(([stem, end, tail]) => `${stem}.${end}${tail}`),
);
export const service = fc.constantFrom(...Service.options);
const environment = fc.constantFrom(...Environment.options);
/** Few enough that rules and requests meet. */
export const address = fc.oneof(
  fc.constantFrom('192.0.2.1', '198.51.100.9', '10.1.2.3', '2001:db8::5', '::ffff:192.0.2.1', '127.0.0.1', 'fd00::1', 'unknown', ''),
  fc.ipV4(),
  fc.ipV6(),
);
export const range = fc.oneof(
  fc.constantFrom('192.0.2.0/24', '10.0.0.0/8', '2001:db8::/32', '198.51.100.9', '0.0.0.0/0', '::/0'),
  fc.ipV4(),
  fc.ipV6(),
  fc.tuple(fc.ipV4(), fc.nat(32)).map(([network, prefix]) => `${network}/${prefix}`),
  fc.tuple(fc.ipV6(), fc.nat(128)).map(([network, prefix]) => `${network}/${prefix}`),
);
export const country = fc.constantFrom('JP', 'US', 'AU', 'DE');

export const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('call' as const),
      access: fc.constantFrom('public' as const, 'member' as const, 'administrator' as const),
      right: fc.constantFrom(...AdminRight.options),
      service,
      environment,
      fresh: fc.boolean(),
    },
    { requiredKeys: ['kind', 'access'] },
  ),
  fc.record({ kind: fc.constant('resume' as const) }),
  fc.record(
    {
      kind: fc.constant('file' as const),
      direction: fc.constantFrom('send' as const, 'receive' as const),
      service,
      through: service,
      name,
      sizeBytes: fc.oneof(fc.nat(2_000), fc.maxSafeNat()),
      externalRoom: fc.boolean(),
    },
    { requiredKeys: ['kind', 'direction', 'service', 'name', 'sizeBytes'] },
  ),
);
export const session: fc.Arbitrary<NonNullable<PolicyRequest['session']>> = fc.record(
  {
    kind: fc.constantFrom(...ClientKind.options),
    ended: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
    wiped: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
    idle: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
    verified: fc.boolean(),
    fresh: fc.boolean(),
  },
  { requiredKeys: ['kind', 'ended', 'verified'] },
);
export const member: fc.Arbitrary<NonNullable<PolicyRequest['member']>> = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c'),
    state: fc.oneof({ weight: 5, arbitrary: fc.constant('active' as const) }, fc.constantFrom(...MemberState.options)),
    appBlocked: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
    role: fc.constantFrom(...Role.options),
    own: fc.uniqueArray(fc.constantFrom(...AdminRight.options)),
    templateId: fc.constantFrom('default', 'narrow', 'gone'),
  })
  .map(({ own, ...rest }) => ({ ...rest, rights: rightsOf(rest.role, own) }));
/** Anything that may be asked, mostly with a session, so that every rule is reached. */
export const request: fc.Arbitrary<PolicyRequest> = fc.record({
  clientVersion: version,
  address,
  country: fc.option(country),
  session: fc.option(session, { freq: 8 }),
  member: fc.option(member, { freq: 8 }),
  act,
});

const services = fc.record({ talk: fc.uniqueArray(environment), drive: fc.uniqueArray(environment) });
const denied = numbers
  .chain((from) => numbers.map((to) => ({ from, to })))
  .map(({ from, to }) => (numeric(from, to) <= 0 ? { from, to } : { from: to, to: from }));
function numeric(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  const at = left.findIndex((value, index) => value !== right[index]);
  return at < 0 ? 0 : left[at]! - right[at]!;
}
/** Changes of every section that a decision looks at. */
export const patch: fc.Arbitrary<PolicyPatch> = fc.record(
  {
    keepLogin: fc.record({ pcApp: fc.boolean(), driveExplorer: fc.boolean() }, { requiredKeys: [] }),
    blockedExtensions: fc.record(
      { talk: fc.array(storable, { maxLength: 5 }), drive: fc.array(storable, { maxLength: 5 }) },
      { requiredKeys: [] },
    ),
    files: fc.record({ driveLimitBytes: fc.oneof(fc.nat(1_000), fc.maxSafeNat()), externalRooms: fc.boolean() }, { requiredKeys: [] }),
    talkFileLimitBytes: fc.oneof(fc.nat(1_000), fc.maxSafeNat()),
    minimumVersion: fc.option(numbers),
    versions: fc.record(
      {
        supported: fc.constantFrom('all' as const, 'three_majors' as const),
        published: fc.array(numbers, { maxLength: 8 }),
        denied: fc.array(denied, { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
    network: fc.record(
      {
        mode: fc.constantFrom('all' as const, 'designated' as const),
        ranges: fc.array(range, { maxLength: 3 }),
        exceptions: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
        limitCountries: fc.boolean(),
        countries: fc.array(country, { maxLength: 3 }),
        outside: fc.constantFrom('verify' as const, 'block' as const),
        unknownCountry: fc.constantFrom('inside' as const, 'outside' as const),
      },
      { requiredKeys: [] },
    ),
    permissions: fc.tuple(services, services).map(([standard, narrow]) => ({
      templates: [
        { id: 'default', name: 'Standard', services: standard },
        { id: 'narrow', name: 'Narrow', services: narrow },
      ],
    })),
    offlineLeaseHours: fc.integer({ min: 1, max: 720 }),
  },
  { requiredKeys: [] },
);
export const policy: fc.Arbitrary<Policy> = patch.map((change) => applyPatch(defaultPolicy, change));
