import { expect, test } from 'vitest';
import { SimulatedAct } from '#shared/contract/admin-rules.ts';
import { actOf, acts, faultOf, type Question } from './question.ts';

const question: Question = {
  member: 'sato',
  kind: 'pc-app',
  version: '3.4.0',
  address: '203.0.113.9',
  act: 'login',
  service: 'talk',
  through: false,
  fileName: 'report.exe',
  megabytes: '1.5',
  externalRoom: false,
  withDraft: false,
};

test('every act that the form offers is one that the server takes', () => {
  for (const act of acts) expect(SimulatedAct.safeParse(actOf({ ...question, act })).success, act).toBe(true);
});

test('a file goes through the other service, with its size in bytes', () => {
  expect(actOf({ ...question, act: 'send', through: true })).toEqual({
    kind: 'file',
    direction: 'send',
    service: 'talk',
    through: 'drive',
    name: 'report.exe',
    sizeBytes: 1_572_864,
    externalRoom: false,
  });
  expect(actOf({ ...question, act: 'receive', service: 'drive', megabytes: 'many' })).toMatchObject({ service: 'drive', sizeBytes: 1 });
});

test('somebody and an address are needed', () => {
  expect(faultOf({ ...question, member: null })).toBe('memberNeeded');
  expect(faultOf({ ...question, address: 'home' })).toBe('addressFault');
  expect(faultOf(question)).toBeNull();
});
