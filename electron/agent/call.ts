import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '#shared/base/errors.ts';
import { failure } from '#shared/contract/operation.ts';
import { openHeadlessSession } from './headless-session.ts';
import { firstLine } from './host/first-line.ts';
import { ownVersion } from './host/own-version.ts';

const usage = `Usage: npm run --silent call -- --server URL --member M --password-file F [--state DIR] OPERATION ['JSON']

Calls one operation of the server as a member and prints its reply as JSON. Exit code 0 when the reply is ok, 1 when it is not, 2 for wrong usage.
--state keeps the device key in DIR (keys.json, mode 0600), so that the server sees one device; else the keychain does, where there is one.
--password-file - reads the password from standard input.`;

/** Runs the command; resolves with the exit code. */
async function call(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { server: { type: 'string' }, member: { type: 'string' }, 'password-file': { type: 'string' }, state: { type: 'string' } },
  });
  const [operation, json = '{}', ...rest] = positionals;
  const { server, member, state, 'password-file': passwordFile } = values;
  if (operation === undefined || rest.length > 0 || server === undefined || member === undefined || passwordFile === undefined) {
    throw new AppError('invalid', usage);
  }
  const input: unknown = JSON.parse(json);
  const password = firstLine(readFileSync(passwordFile === '-' ? 0 : passwordFile, 'utf8'));
  const keyFile = state === undefined ? {} : { keyFile: path.join(state, 'keys.json') };
  const session = await openHeadlessSession({ server, member, password, kind: 'pc-app', version: ownVersion(), ...keyFile });
  try {
    const reply = (await session.transport.call(operation, input)) as { ok?: unknown };
    process.stdout.write(`${JSON.stringify(reply)}\n`);
    return reply.ok === true ? 0 : 1;
  } finally {
    await session.close();
  }
}

try {
  process.exitCode = await call(process.argv.slice(2));
} catch (cause) {
  const isUsage = cause instanceof SyntaxError || cause instanceof TypeError;
  const said = cause instanceof SyntaxError ? `The input is no JSON: ${cause.message}` : String((cause as Error).message);
  const error = cause instanceof AppError ? cause : isUsage ? new AppError('invalid', said) : AppError.from(cause);
  if (error.message === usage || isUsage) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  } else {
    process.stdout.write(`${JSON.stringify(failure(error))}\n`);
    if (!(cause instanceof AppError)) process.stderr.write(`${String(cause)}\n`);
    process.exitCode = 1;
  }
}
