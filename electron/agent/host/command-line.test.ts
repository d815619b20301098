import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readPasswordFile } from './command-line.ts';

const agentFolder = path.resolve(import.meta.dirname, '..');
const run = (program: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(agentFolder, program), ...args], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, stderr };
};
const who = ['--server', 'http://127.0.0.1:1', '--member', 'sato'];
const missing = path.join(os.tmpdir(), 'hikyaku-no-such-file');

it.each([
  ['call.ts', [...who, 'policy.mine'], 'Missing: --password-file'],
  ['call.ts', ['policy.mine'], 'Missing: --server, --member, --password-file'],
  ['call.ts', [...who, '--password-file', missing], 'Missing: OPERATION'],
  ['call.ts', [...who, '--password-file', missing, 'policy.mine', '{}', 'more'], 'One operation and one input, not also more'],
  ['headless.ts', ['sync', ...who, '--password-file', missing, '--dir', 'x'], 'Missing: --space'],
])('%s %j names what is missing, then says how it is used', (program, args, message) => {
  const { status, stdout, stderr } = run(program, ...args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr.split('\n')[0]).toBe(message);
  expect(stderr).toContain('Usage: npm run --silent');
});

it.each([
  ['call.ts', [...who, '--password-file', missing, 'policy.mine']],
  ['headless.ts', ['sync', ...who, '--password-file', missing, '--dir', 'x', '--space', 'x']],
])('%s says that the password file cannot be read', (program, args) => {
  expect(run(program, ...args)).toEqual({ status: 2, stdout: '', stderr: `--password-file: ${missing} cannot be read (ENOENT)\n` });
});

it('says that the input is no JSON and which option it does not know', () => {
  const given = [...who, '--password-file', missing, 'policy.mine'];
  expect(run('call.ts', ...given, '{')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/^The input is no JSON: /) });
  expect(run('call.ts', ...given, '--verbose')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('--verbose') });
});

it('takes the first line of a password file, and what cannot be read is invalid', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-password-'));
  const file = path.join(folder, 'password');
  writeFileSync(file, 'correct horse \r\nsecond');
  expect(readPasswordFile(file)).toBe('correct horse ');
  expect(() => readPasswordFile(folder)).toThrow(expect.objectContaining({ code: 'invalid' }));
});
