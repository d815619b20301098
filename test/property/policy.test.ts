import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Policy, defaultPolicy, type PolicyPatch } from '#shared/model/policy.ts';
import { Environment } from '#shared/model/rights.ts';
import { applyPatch } from '#shared/policy/apply-patch.ts';
import { decide, judge, type PolicyRequest } from '#shared/policy/decide.ts';
import { decideFile } from '#shared/policy/decide-file.ts';
import { rightsOf } from '#shared/policy/rights.ts';
import { address, country, member, patch, policy, range, request, service, session, storable } from './policy-requests.ts';

const open: NonNullable<PolicyRequest['session']> = { kind: 'pc-app', ended: false, verified: false };
const person: NonNullable<PolicyRequest['member']> = {
  id: 'member',
  state: 'active',
  appBlocked: false,
  role: 'member',
  rights: [],
  templateId: 'default',
};

test('the gate answers every request under all rules, with a rule for each no, the same each time', () => {
  const reasons = new Set<string>();
  fc.assert(
    fc.property(request, policy, (asked, rules) => {
      const decision = decide(asked, rules);
      expect(decision).toEqual(decide(structuredClone(asked), structuredClone(rules)));
      if (decision.effect === 'deny') {
        expect(decision.rule).toMatch(/^[A-Z]{3}-\d{2}$/);
        reasons.add(decision.reason);
      } else expect(decision).toEqual({ effect: 'allow' });
    }),
    { numRuns: 5_000 },
  );
  // The sample reaches every rule; a property over requests that all fail at the door would say little.
  for (const reason of [
    ...['upgrade_required', 'session_missing', 'session_ended', 'session_idle', 'device_wiped', 'member_suspended', 'member_deleted'],
    ...['app_blocked', 'network_denied', 'country_denied', 'country_unverified', 'service_denied', 'role_missing'],
    ...['reauthentication_required', 'extension_blocked', 'file_too_large', 'external_room_files', 'keep_login_forbidden'],
  ]) {
    expect(reasons, reason).toContain(reason);
  }
});

test('told rule by rule it is the same verdict: all allow, or one denies and what follows is not reached', () => {
  fc.assert(
    fc.property(request, policy, (asked, rules) => {
      const decision = decide(asked, rules);
      const steps = judge(asked, rules);
      const at = steps.findIndex(({ effect }) => effect === 'deny');
      if (decision.effect === 'allow') expect(steps.every(({ effect }) => effect === 'allow')).toBe(true);
      else {
        const { reason, rule, subject = null } = decision;
        expect(steps[at]).toMatchObject({ effect: 'deny', reason, rule, subject });
        expect(steps.slice(0, at).every(({ effect }) => effect === 'allow')).toBe(true);
        expect(steps.slice(at + 1).every(({ effect }) => effect === 'not_reached')).toBe(true);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('what any single rule denies is denied however the rest stands', () => {
  const worse: ((asked: PolicyRequest) => PolicyRequest)[] = [
    (asked) => ({ ...asked, session: { ...(asked.session ?? open), ended: true } }),
    (asked) => ({ ...asked, session: { ...(asked.session ?? open), idle: true } }),
    (asked) => ({ ...asked, session: { ...(asked.session ?? open), wiped: true } }),
    (asked) => ({ ...asked, session: asked.session ?? open, member: { ...person, state: 'suspended', role: 'supreme' } }),
    (asked) => ({ ...asked, session: open, member: { ...person, appBlocked: true, role: 'supreme' } }),
    (asked) => ({ ...asked, session: asked.session ?? open, member: null }),
    (asked) => ({ ...asked, session: null, act: { kind: 'call', access: 'member' } }),
    (asked) => ({ ...asked, member: person, act: { kind: 'call', access: 'administrator' } }),
    (asked) => ({ ...asked, member: { ...person, role: 'custom' }, act: { kind: 'call', access: 'administrator' } }),
    (asked) => ({
      ...asked,
      member: { ...person, role: 'operator', rights: rightsOf('operator') },
      act: { kind: 'call', access: 'administrator', right: 'audit' },
    }),
    (asked) => ({ ...asked, session: open, act: { kind: 'call', access: 'member', fresh: true } }),
  ];
  fc.assert(
    fc.property(request, policy, fc.constantFrom(...worse), (asked, rules, worsen) => {
      expect(decide(worsen(asked), rules).effect).toBe('deny');
    }),
    { numRuns: 2_000 },
  );
});

/** Each makes rules stricter in one place, whatever they are. */
const stricter: Readonly<Record<string, fc.Arbitrary<(rules: Policy) => PolicyPatch>>> = {
  'one more blocked extension': fc.tuple(service, storable).map(([where, added]) => ({ blockedExtensions: lists }) => ({
    blockedExtensions: { [where]: [...lists[where], added] },
  })),
  'a smaller limit in Talk': fc.nat(5_000).map((bytes) => ({ talkFileLimitBytes: now }) => ({ talkFileLimitBytes: Math.min(now, bytes) })),
  'a smaller limit in Drive': fc.nat(5_000).map((bytes) => ({ files }) => ({
    files: { driveLimitBytes: Math.min(files.driveLimitBytes, bytes) },
  })),
  'no files in outside rooms': fc.constant(() => ({ files: { externalRooms: false } })),
  'a range taken away': fc.nat(5).map((at) => ({ network: { ranges } }) => ({
    network: { ranges: ranges.filter((_range, index) => index !== at) },
  })),
  'an exception taken away': fc.constantFrom('a', 'b').map((id) => ({ network }) => ({
    network: { exceptions: network.exceptions.filter((one) => one !== id) },
  })),
  'a country taken away': country.map((code) => ({ network }) => ({
    network: { countries: network.countries.filter((one) => one !== code) },
  })),
  'countries that count': fc.constant(() => ({ network: { limitCountries: true } })),
  'refused instead of verified': fc.constant(() => ({ network: { outside: 'block' as const } })),
  'unknown countries outside': fc.constant(() => ({ network: { unknownCountry: 'outside' as const } })),
  'a version denied': fc.tuple(fc.nat(5), fc.nat(5)).map(([major, minor]) => ({ versions }) => ({
    versions: { denied: [...versions.denied, { from: `${major}.${minor}.0`, to: `${major}.${minor}.9` }] },
  })),
  'a service denied somewhere': fc
    .tuple(fc.constantFrom('default', 'narrow'), service, fc.constantFrom(...Environment.options))
    .map(([id, what, where]) => ({ permissions }) => ({
      permissions: {
        templates: permissions.templates.map((template) =>
          template.id !== id
            ? template
            : { ...template, services: { ...template.services, [what]: template.services[what].filter((one) => one !== where) } },
        ),
      },
    })),
  'no kept login': fc.constant(() => ({ keepLogin: { pcApp: false, driveExplorer: false } })),
  'a higher minimum version': fc.tuple(fc.nat(9), fc.nat(9)).map(([major, minor]) => ({ minimumVersion }) => ({
    minimumVersion: minimumVersion === null ? `${major}.${minor}.0` : `${Number(minimumVersion.split('.')[0]) + 1}.0.0`,
  })),
};

test.each(Object.keys(stricter))('a stricter rule never allows what was denied: %s', (which) => {
  fc.assert(
    fc.property(request, policy, stricter[which]!, (asked, rules, tighten) => {
      fc.pre(decide(asked, rules).effect === 'deny');
      expect(decide(asked, applyPatch(rules, tighten(rules))).effect).toBe('deny');
    }),
    { numRuns: 1_000 },
  );
});

test('the mode "designated addresses" refuses whoever is not exempt from elsewhere, and it alone', () => {
  fc.assert(
    fc.property(session, member, address, fc.array(range, { maxLength: 4 }), (used, who, from, ranges) => {
      const rules = applyPatch(defaultPolicy, { network: { mode: 'designated', ranges, exceptions: ['a'], limitCountries: true } });
      const asked: PolicyRequest = {
        clientVersion: '1.0.0',
        address: from,
        country: 'DE',
        session: { ...used, ended: false, wiped: false, idle: false },
        member: { ...who, state: 'active', appBlocked: false },
        act: { kind: 'call', access: 'member' },
      };
      const decision = decide(asked, rules);
      const exempt = who.role === 'supreme' || who.id === 'a' || used.kind === 'mobile';
      if (exempt) expect(decision.effect).toBe('allow');
      if (decision.effect === 'deny') expect(decision).toMatchObject({ reason: 'network_denied', rule: 'NET-01', subject: from });
      const inside = decide({ ...asked, member: { ...who, id: 'a', state: 'active', appBlocked: false } }, rules);
      expect(inside.effect).toBe('allow');
    }),
    { numRuns: 2_000 },
  );
});

test('one more allowed range never refuses more', () => {
  fc.assert(
    fc.property(request, policy, range, (asked, rules, added) => {
      const wider = applyPatch(rules, { network: { ranges: [...rules.network.ranges, added] } });
      if (decide(asked, rules).effect === 'allow') expect(decide(asked, wider).effect).toBe('allow');
    }),
    { numRuns: 2_000 },
  );
});

test('the supreme administrator is never refused because of an address, and never without a way because of a country', () => {
  fc.assert(
    fc.property(request, policy, (asked, rules) => {
      const decision = decide({ ...asked, member: { ...person, role: 'supreme', rights: rightsOf('supreme') } }, rules);
      if (decision.effect === 'deny') expect(['network_denied', 'country_denied']).not.toContain(decision.reason);
    }),
    { numRuns: 2_000 },
  );
});

test('countries never matter to who is verified where verifying is enough, in private networks, or where addresses are designated', () => {
  fc.assert(
    fc.property(request, policy, fc.constantFrom('10.9.8.7', '127.0.0.1', 'fd12::1', '100.64.1.1'), (asked, rules, local) => {
      const noCountry = (more: Partial<PolicyRequest>, change: PolicyPatch = {}): void => {
        const decision = decide({ ...asked, ...more }, applyPatch(rules, change));
        if (decision.effect === 'deny') expect(['country_denied', 'country_unverified']).not.toContain(decision.reason);
      };
      noCountry({ session: { ...(asked.session ?? open), verified: true } }, { network: { outside: 'verify' } });
      noCountry({ address: local });
      noCountry({}, { network: { mode: 'designated' } });
      noCountry({}, { network: { limitCountries: false } });
    }),
    { numRuns: 1_000 },
  );
});

test('for files the gate says what the rules on files say alone, once everything before them allows', () => {
  fc.assert(
    fc.property(request, policy, (asked, rules) => {
      const { act } = asked;
      fc.pre(act.kind === 'file');
      const everywhere = applyPatch(rules, {
        permissions: defaultPolicy.permissions,
        network: { mode: 'all', limitCountries: false },
        minimumVersion: null,
        versions: defaultPolicy.versions,
      });
      expect(decide({ ...asked, session: open, member: person }, everywhere)).toEqual(decideFile(act, everywhere));
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
        country: null,
        session: open,
        member: { ...person, role: 'supreme' },
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
