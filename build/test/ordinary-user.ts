import { cpSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../paths.ts';
import { run } from '../process.ts';

/** The account that tests run as when the runner is root. */
const account = 'hikyaku-test';

/** How to run a program as somebody who is not root. */
export interface OrdinaryUser {
  /** Where this user can read the checkout: the checkout itself, or a copy. */
  readonly checkout: string;
  /** The environment `env` for this user: its own home and temporary folder, and paths into its checkout. */
  readonly env: (env: NodeJS.ProcessEnv) => NodeJS.ProcessEnv;
  /** Turns a program and its arguments into those that run it as this user, from this user's checkout. */
  readonly command: (program: string, args: readonly string[]) => readonly [string, readonly string[]];
  /** Folders to be removed at the end. */
  readonly leftovers: readonly string[];
}

/** The ordinary user to run suites as: whoever runs this, or, when that is root, an account made for it. */
export async function ordinaryUser(say: (line: string) => void): Promise<OrdinaryUser> {
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-test-'));
  if (process.getuid?.() !== 0) {
    return {
      checkout: root,
      env: (env) => ({ ...env, TMPDIR: temporary }),
      command: (program, args) => [program, args],
      leftovers: [temporary],
    };
  }
  if ((await run('id', [account])).code !== 0) {
    say(`Creating the user ${account}, to run tests as somebody who is not root…`);
    await must('useradd', ['--create-home', '--shell', '/bin/sh', account]);
  }
  await must('chown', [account, temporary]);
  const as = (program: string, args: readonly string[]): readonly [string, readonly string[]] => [
    'runuser',
    ['-u', account, '--', program, ...args],
  ];
  const leftovers = [temporary];
  let checkout = root;
  const [program, args] = as('sh', ['-c', `cd "$1" && test -r package.json && test -r node_modules/vitest/package.json`, 'sh', root]);
  if ((await run(program, args)).code !== 0) {
    say(`${account} cannot read ${root}; the tests run in a copy…`);
    checkout = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-checkout-'));
    leftovers.push(checkout);
    cpSync(root, checkout, { recursive: true, verbatimSymlinks: true });
    await must('chown', ['-R', account, checkout]);
  }
  const home = (await must('getent', ['passwd', account])).split(':')[5] ?? `/home/${account}`;
  const mine = (text: string): string => (checkout === root ? text : text.replaceAll(root, checkout));
  return {
    checkout,
    env: (env) => ({
      ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value === undefined ? undefined : mine(value)])),
      ...{ HOME: home, USER: account, LOGNAME: account, SHELL: '/bin/sh', TMPDIR: temporary },
    }),
    command: (program, args) => as(mine(program), args.map(mine)),
    leftovers,
  };
}

async function must(program: string, args: readonly string[]): Promise<string> {
  const { code, output } = await run(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${output.trim()}`);
  return output.trim();
}
