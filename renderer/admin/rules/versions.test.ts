import { expect, test } from 'vitest';
import type { AdministeredDevice } from '#shared/contract/admin-devices.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import { majorsOf, newestFirst, readVersions, versionsInUse } from './versions.ts';

test('versions stand in the order of their numbers, and what is none at the end', () => {
  expect(newestFirst(['3.9.0', '', '3.10.0', '4.0.0', '3.10.0'])).toEqual(['4.0.0', '3.10.0', '3.10.0', '3.9.0', '']);
  expect(majorsOf(['3.9.1', '3.10.0', '4.0.0', '3.9.0'])).toEqual(['4.0', '3.10', '3.9']);
});

test('a pasted list is read, and what is no version is told', () => {
  expect(readVersions('v3.7.2\n3.7.2, ３.6.0 3.5')).toEqual({ versions: ['3.7.2', '3.6.0'], faults: ['3.5'] });
});

const device = (id: string, memberId: string, appVersion: string, kind: 'pc-app' | 'browser' = 'pc-app'): AdministeredDevice => ({
  id,
  memberId,
  memberName: memberId,
  name: id,
  platform: 'Windows',
  appVersion,
  kinds: [kind],
  firstSeenAt: 1,
  lastSeenAt: 2,
  address: null,
  country: null,
  trustedSince: null,
  trustedUntil: null,
  wipe: 'none',
  openSessions: 1,
});

test('what is in use is counted by version, and who would be kept out is seen before saving', () => {
  const devices = [device('1', 'a', '3.4.0'), device('2', 'a', '3.4.0'), device('3', 'b', '3.7.0'), device('4', 'c', '1.0.0', 'browser')];
  expect(versionsInUse(devices, defaultPolicy, { ...defaultPolicy, minimumVersion: '3.5.0' })).toEqual([
    { version: '3.7.0', devices: 1, people: 1, now: true, then: true },
    { version: '3.4.0', devices: 2, people: 1, now: true, then: false },
  ]);
});
