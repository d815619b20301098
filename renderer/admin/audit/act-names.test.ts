import { expect, test } from 'vitest';
import { audit } from '../texts/audit.ts';
import { knownActs } from './act-names.ts';

test('every act that can be searched for is written as the log writes it, and leads back to its name', () => {
  expect(knownActs).toContain('policy.set');
  expect(knownActs).toContain('member.set_role');
  expect(knownActs).toContain('identity_provider.update');
  expect(knownActs).toContain('account.totp.confirm');
  for (const act of knownActs) expect(Object.keys(audit.ja)).toContain(`act_${act.replaceAll('.', '_')}`);
});
