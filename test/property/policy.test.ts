import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemberState, Role } from '#shared/model/member.ts';
import { ClientKind, Policy, defaultPolicy } from '#shared/model/policy.ts';
import { applyPatch } from '#shared/policy/apply-patch.ts';
import { decide, type PolicyRequest } from '#shared/policy/decide.ts';
import { foldedExtension } from '#shared/policy/extension.ts';

const version = fc.oneof(
  fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)).map((parts) => parts.join('.')),
  fc.constantFrom('', 'x', '1.2'),
);
const extension = fc.oneof(
  fc.constantFrom('exe', 'bat', 'tar.gz', 'ｍｓｉ', 'IsO', 'txt'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
);
const storable = extension.filter((text) => {
  const folded = foldedExtension(text);
  return folded !== '' && folded.length <= 32 && !/[:/\\]/.test(folded);
});
const name = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc
    .tuple(fc.string({ unit: 'grapheme', maxLength: 10 }), extension, fc.constantFrom('', '.', ' ', '\u202E', '. .'))
    .map(([stem, end, tail]) => `${stem}.${end}${tail}`),
);
const service = fc.constantFrom('talk' as const, 'drive' as const);
const act = fc.oneof(
  fc.record({
    kind: fc.constant('call' as const),
    access: fc.constantFrom('public' as const, 'member' as const, 'administrator' as const),
  }),
  fc.record({ kind: fc.constant('resume' as const) }),
  fc.record(
    {
      kind: fc.constant('file' as const),
      direction: fc.constantFrom('send' as const, 'receive' as const),
      service,
      through: service,
      name,
      sizeBytes: fc.maxSafeNat(),
    },
    { requiredKeys: ['kind', 'direction', 'service', 'name', 'sizeBytes'] },
  ),
);
const request: fc.Arbitrary<PolicyRequest> = fc.record({
  clientVersion: version,
  address: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('unknown', '')),
  session: fc.option(fc.record({ kind: fc.constantFrom(...ClientKind.options), ended: fc.boolean() })),
  member: fc.option(
    fc.record({
      id: fc.constantFrom('a', 'b'),
      state: fc.constantFrom(...MemberState.options),
      appBlocked: fc.boolean(),
      role: fc.constantFrom(...Role.options),
    }),
  ),
  act,
});
const patch = fc.record(
  {
    keepLogin: fc.record({ pcApp: fc.boolean(), driveExplorer: fc.boolean() }, { requiredKeys: [] }),
    blockedExtensions: fc.record(
      { talk: fc.array(storable, { maxLength: 5 }), drive: fc.array(storable, { maxLength: 5 }) },
      { requiredKeys: [] },
    ),
    talkFileLimitBytes: fc.maxSafeNat(),
    minimumVersion: fc.option(fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)).map((parts) => parts.join('.'))),
    network: fc.record(
      {
        mode: fc.constantFrom('all' as const, 'designated' as const),
        ranges: fc.array(
          fc.oneof(
            fc.ipV4(),
            fc.ipV6(),
            fc.ipV4().map((text) => `${text}/3`),
          ),
          { maxLength: 3 },
        ),
        exceptions: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
    offlineLeaseHours: fc.integer({ min: 1, max: 720 }),
  },
  { requiredKeys: [] },
);
const policy = patch.map((change) => applyPatch(defaultPolicy, change));

test('the gate answers every request under all rules, with a rule for each no, the same each time', () => {
  fc.assert(
    fc.property(request, policy, (asked, rules) => {
      const decision = decide(asked, rules);
      expect(decision).toEqual(decide(structuredClone(asked), structuredClone(rules)));
      if (decision.effect === 'deny') expect(decision.rule).toMatch(/^[A-Z]{3}-\d{2}$/);
      else expect(decision).toEqual({ effect: 'allow' });
    }),
    { numRuns: 2_000 },
  );
});

test('what any single rule denies is denied however the rest stands', () => {
  const worse: ((asked: PolicyRequest) => PolicyRequest)[] = [
    (asked) => ({ ...asked, session: { kind: asked.session?.kind ?? 'pc-app', ended: true } }),
    (asked) => ({
      ...asked,
      session: asked.session ?? { kind: 'pc-app', ended: false },
      member: { id: 'member', state: 'suspended', appBlocked: false, role: 'supreme' },
    }),
    (asked) => ({
      ...asked,
      session: { kind: 'pc-app', ended: false },
      member: { id: 'member', state: 'active', appBlocked: true, role: 'supreme' },
    }),
    (asked) => ({ ...asked, session: null, act: { kind: 'call', access: 'member' } }),
    (asked) => ({
      ...asked,
      act: { kind: 'call', access: 'administrator' },
      member: { id: 'member', state: 'active', appBlocked: false, role: 'member' },
    }),
  ];
  fc.assert(
    fc.property(request, policy, fc.constantFrom(...worse), (asked, rules, worsen) => {
      expect(decide(worsen(asked), rules).effect).toBe('deny');
    }),
    { numRuns: 1_000 },
  );
});

test('blocking one more extension never allows more', () => {
  fc.assert(
    fc.property(request, policy, service, storable, (asked, rules, where, added) => {
      const stricter = applyPatch(rules, { blockedExtensions: { [where]: [...rules.blockedExtensions[where], added] } });
      if (decide(asked, rules).effect === 'deny') expect(decide(asked, stricter).effect).toBe('deny');
    }),
    { numRuns: 2_000 },
  );
});

test('one more allowed range never refuses more, and the supreme administrator is never shut out', () => {
  const range = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.tuple(fc.ipV4(), fc.nat(32)).map(([network, prefix]) => `${network}/${prefix}`),
  );
  fc.assert(
    fc.property(request, policy, range, (asked, rules, added) => {
      const wider = applyPatch(rules, { network: { ranges: [...rules.network.ranges, added] } });
      if (decide(asked, rules).effect === 'allow') expect(decide(asked, wider).effect).toBe('allow');
      const decision = decide(asked, rules);
      if (decision.effect === 'deny' && decision.reason === 'network_denied') {
        expect([asked.member?.role === 'supreme', rules.network.mode]).toEqual([false, 'designated']);
        expect(decision.subject).toBe(asked.address);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a file that ends in a blocked extension is denied in that service, however the name is dressed up', () => {
  const plain = fc.stringMatching(/^[a-z0-9]{1,8}$/);
  const wide = (text: string): string => text.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
  const dress = fc.array(fc.constantFrom('.', ' ', '\u200B', '\u202E', '\u00AD', '\u3000'), { maxLength: 4 }).map((tail) => tail.join(''));
  const stems = fc.string({ unit: 'grapheme', maxLength: 20 });
  const looks = fc.constantFrom(
    (text: string) => text,
    (text: string) => text.toUpperCase(),
    wide,
  );
  fc.assert(
    fc.property(stems, plain, dress, looks, (stem, ending, tail, look) => {
      const rules = applyPatch(defaultPolicy, { blockedExtensions: { talk: [ending] } });
      const asked: PolicyRequest = {
        clientVersion: '1.0.0',
        address: '192.0.2.1',
        session: { kind: 'pc-app', ended: false },
        member: { id: 'member', state: 'active', appBlocked: false, role: 'supreme' },
        act: { kind: 'file', direction: 'send', service: 'talk', name: `${stem}.${look(ending)}${tail}`, sizeBytes: 0 },
      };
      expect(decide(asked, rules)).toMatchObject({ effect: 'deny', reason: 'extension_blocked' });
    }),
    { numRuns: 1_000 },
  );
});

test('rules stay readable by their schema and do not change when the same change comes again', () => {
  fc.assert(
    fc.property(policy, patch, (rules, change) => {
      const once = applyPatch(rules, change);
      expect(Policy.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
      expect(applyPatch(once, change)).toEqual(once);
    }),
  );
});
