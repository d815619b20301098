import { expect, test } from 'vitest';
import { AppError } from '#shared/base/errors.ts';
import { messageOf } from './refusal.ts';

const denied = (reason: string, subject?: string) =>
  new AppError('denied', `Denied: ${reason}`, { details: { reason, ...(subject === undefined ? {} : { subject }) } });

test('a denial says at the command line what it means and what can be done', () => {
  expect(messageOf(denied('network_denied', '198.51.100.7'))).toBe('The company’s rules do not allow this network (198.51.100.7)');
  expect(messageOf(denied('network_denied'))).toBe('The company’s rules do not allow this network');
  expect(messageOf(denied('upgrade_required', '3.0.0'))).toBe('This version is too old for the server; it needs 3.0.0');
  expect(messageOf(denied('upgrade_required'))).toBe('This version is too old for the server');
});

test('what no text is known for stays as it is', () => {
  expect(messageOf(denied('something_new'))).toBe('Denied: something_new');
  expect(messageOf(new AppError('invalid', 'Missing: --server'))).toBe('Missing: --server');
  expect(messageOf('text')).toBe('text');
});
