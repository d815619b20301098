import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describe as describeError, openErrorLog, redact } from './error-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the log', () => {
  it('holds no secrets and no home folder', () => {
    const text = redact(
      'password=hunter2 {"token":"abc","password": "x y"} Authorization: DPoP eyJhbGci https://u:p@host/ at /home/sato/app',
      '/home/sato',
    );
    for (const secret of ['hunter2', 'abc', 'x y', 'eyJhbGci', 'u:p', 'sato']) expect(text).not.toContain(secret);
    expect(text).toContain('~/app');
  });

  it('prints causes but never attached data', () => {
    const error = Object.assign(new Error('outer', { cause: new Error('inner') }), { details: { body: 'content' } });
    const text = describeError(error);
    expect([text.includes('outer'), text.includes('Caused by: Error: inner'), text.includes('content')]).toEqual([true, true, false]);
  });

  it('stays bounded on disk and never throws', () => {
    const file = path.join(folder, 'log/shell.log');
    const report = openErrorLog(
      file,
      '/home/x',
      () => 0,
      () => undefined,
    );
    for (let round = 0; round < 200; round += 1) report(new Error('x'.repeat(10_000)));
    expect(readdirSync(path.dirname(file)).toSorted()).toEqual(['shell.log', 'shell.log.1']);
    for (const name of ['shell.log', 'shell.log.1']) expect(statSync(path.join(folder, 'log', name)).size).toBeLessThan(560_000);
    expect(readFileSync(file, 'utf8').startsWith('1970-01-01T00:00:00.000Z shell Error: ')).toBe(true);
    const lines: string[] = [];
    openErrorLog(
      '/dev/null/nowhere/shell.log',
      '/home/x',
      () => 0,
      (line) => lines.push(line),
    )(new Error('y'));
    expect(lines.at(-1)).toBe('The log could not be written');
  });
});
