import { describe, expect, it } from 'vitest';
import { Policy } from '#shared/model/policy.ts';
import { endingOf, judgeReceipt, mayReceive } from './judge.ts';

describe('the ending of a name', () => {
  const policy = Policy.parse({ blockedExtensions: { drive: ['exe', 'tar.gz', 'a'.repeat(32)] } });

  it('is judged as the whole name is', () => {
    const names = [
      'a.exe',
      'A.EXE',
      'a.exe.txt',
      'exe',
      '.exe',
      'a.tar.gz',
      'a.b.tar.gz',
      'tar.gz',
      'gz',
      `x.${'a'.repeat(32)}`,
      `${'長い'.repeat(90)}.ｅｘｅ`,
      'a.exe. ',
    ];
    for (const name of names) {
      const whole = judgeReceipt('drive', name, policy).effect === 'allow';
      expect(mayReceive('drive', endingOf(name), policy), name).toBe(whole);
    }
    expect(names.filter((name) => mayReceive('drive', endingOf(name), policy))).toEqual(['a.exe.txt', 'exe', 'tar.gz', 'gz']);
  });
});
