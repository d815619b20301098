import { expect, it } from 'vitest';
import { run } from './process.ts';

it('gives the exit code and everything a program wrote', async () => {
  const { code, output } = await run(process.execPath, ['-e', 'console.log("out"); console.error("err"); process.exit(3)']);
  expect(code).toBe(3);
  expect(output.split('\n').toSorted()).toEqual(['', 'err', 'out']);
});

it('ends a program that takes too long, with its children, and says so', async () => {
  const { code, output, seconds } = await run('sh', ['-c', 'sleep 60 & wait'], { timeoutMs: 300 });
  expect(code).toBe(124);
  expect(output).toContain('longer than 300 ms');
  // The child holds the output open: that the run is over says that the child is too.
  expect(seconds).toBeLessThan(5);
});

it('says that a program does not exist instead of throwing', async () => {
  expect(await run('no-such-program', [])).toMatchObject({ code: 127 });
});
