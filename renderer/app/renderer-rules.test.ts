import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/base/errors.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import { judge } from '../talk/attachments.ts';
import { problemOf, waitSecondsOf } from './explain.ts';
import { chooseLanguage } from './i18n.ts';
import { completeAddress } from './login-server.tsx';
import { familyName, roomName } from './people.tsx';
import { isDoubtful } from './queries.ts';

describe('an event makes doubtful', () => {
  const messages = { type: 'messages.changed', accountId: 'a', roomId: 'r1' } as const;
  test('the answers about its room and account, and no others', () => {
    expect(isDoubtful(messages, ['message.list', { accountId: 'a', roomId: 'r1' }])).toBe(true);
    expect(isDoubtful(messages, ['message.list', { accountId: 'a', roomId: 'r2' }])).toBe(false);
    expect(isDoubtful(messages, ['message.list', { accountId: 'b', roomId: 'r1' }])).toBe(false);
    expect(isDoubtful(messages, ['directory.list', { accountId: 'a' }])).toBe(false);
  });
  test('answers that name no room, too: the account counts what is not sent yet', () => {
    expect(isDoubtful(messages, ['account.list', {}])).toBe(true);
  });
  test('the list of rooms when rooms changed, and only then: every message brings both events', () => {
    expect(isDoubtful(messages, ['room.list', { accountId: 'a' }])).toBe(false);
    expect(isDoubtful({ type: 'rooms.changed', accountId: 'a' }, ['room.list', { accountId: 'a' }])).toBe(true);
  });
  test('nothing when it only asks to go somewhere', () => {
    expect(isDoubtful({ type: 'navigate', accountId: null, to: '/talk' }, ['room.list', { accountId: 'a' }])).toBe(false);
  });
});

describe('an address typed at login', () => {
  test('is completed with https', () => {
    expect(completeAddress(' chat.example.com/path ')).toEqual({ url: 'https://chat.example.com', insecure: false });
    expect(completeAddress('https://chat.example.com:8443')).toEqual({ url: 'https://chat.example.com:8443', insecure: false });
  });
  test('without encryption is good for this machine only', () => {
    for (const own of ['http://127.0.0.1:8080', 'http://localhost:1', 'http://[::1]:1'])
      expect(completeAddress(own)?.insecure, own).toBe(false);
    for (const far of ['http://chat.example.com', 'http://127.0.0.1.example.com', 'http://localhost.example.com']) {
      expect(completeAddress(far)?.insecure, far).toBe(true);
    }
  });
  test('is refused when it is none', () => {
    for (const none of ['', '   ', 'file:///etc/passwd', 'javascript:alert(1)', 'https://']) expect(completeAddress(none), none).toBeNull();
  });
});

describe('what did not happen', () => {
  test('is read from the error’s code and details, whatever they hold', () => {
    const denied = new AppError('denied', 'no', { details: { reason: 'extension_blocked', subject: 'exe' } });
    expect(problemOf(denied)).toEqual({ code: 'denied', reason: 'extension_blocked', subject: 'exe' });
    expect(problemOf(new AppError('denied', 'no', { details: { reason: 7 } }))).toEqual({ code: 'denied', reason: null, subject: null });
    expect(problemOf(new Error('bug'))).toEqual({ code: 'internal' });
  });
  test('says how long to wait only where the server says it', () => {
    const limited = (details: unknown) => waitSecondsOf(new AppError('rate_limited', 'no', { details }));
    expect([limited({ retryAfterSeconds: 2.2 }), limited({ retryAfterSeconds: 0 }), limited({}), limited(null)]).toEqual([
      3,
      1,
      null,
      null,
    ]);
    expect(waitSecondsOf(new AppError('denied', 'no', { details: { retryAfterSeconds: 5 } }))).toBeNull();
  });
});

describe('what may be attached', () => {
  const policy = { ...defaultPolicy, blockedExtensions: { talk: ['exe'], drive: [] }, talkFileLimitBytes: 100 };
  const file = (name: string, sizeBytes = 1, folder = false) => ({ name, sizeBytes, folder });
  test('is decided file by file, by the rules in force', () => {
    const { taken, refusals } = judge([file('a.txt'), file('b.EXE'), file('big.txt', 101), file('folder', 0, true)], 0, policy);
    expect(taken.map(({ name }) => name)).toEqual(['a.txt']);
    expect(refusals).toEqual([
      { kind: 'rule', name: 'b.EXE', reason: 'extension_blocked', subject: 'exe' },
      { kind: 'rule', name: 'big.txt', reason: 'file_too_large', subject: '100' },
      { kind: 'folder', name: 'folder' },
    ]);
  });
  test('ends at twenty, and says so once', () => {
    const { taken, refusals } = judge(
      Array.from({ length: 10 }, (_, index) => file(`${index}.txt`)),
      15,
      policy,
    );
    expect(taken).toHaveLength(5);
    expect(refusals).toEqual([{ kind: 'too_many' }]);
  });
});

describe('names', () => {
  const texts = { self: '自分へのメモ', unknownMember: '（退職した人）' };
  const members = new Map([
    [
      'b',
      { id: 'b', memberId: 'b', name: '田中 太郎', reading: 'タナカ タロウ', organisation: null, title: null, state: 'active' as const },
    ],
  ]);
  test('of rooms of two are the other person’s, also when that one is gone', () => {
    expect(roomName({ kind: 'direct', name: null, memberIds: ['a', 'b'] }, 'a', members, texts)).toBe('田中 太郎');
    expect(roomName({ kind: 'direct', name: null, memberIds: ['a', 'x'] }, 'a', members, texts)).toBe('（退職した人）');
    expect(roomName({ kind: 'self', name: null, memberIds: ['a'] }, 'a', members, texts)).toBe('自分へのメモ');
  });
  test('in previews are family names, in the order of the name’s language', () => {
    expect(['田中 太郎', 'Ryo Takanashi', 'admin', '総務'].map(familyName)).toEqual(['田中', 'Takanashi', 'admin', '総務']);
  });
});

test('the language is the person’s choice, else the first known one of the OS, else English', () => {
  expect(chooseLanguage('ja', ['en-US'])).toBe('ja');
  expect(chooseLanguage('system', ['fr-FR', 'ja-JP', 'en'])).toBe('ja');
  expect(chooseLanguage('system', ['de'])).toBe('en');
  expect(chooseLanguage(undefined, ['EN-us'])).toBe('en');
});
