import path from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '#shared/base/errors.ts';
import { failure } from '#shared/contract/operation.ts';
import { openHeadlessSession, type HeadlessOptions } from './headless-session.ts';
import { readPasswordFile, requireOptions } from './host/command-line.ts';
import { ownVersion } from './host/own-version.ts';

const usage = `Usage: npm run --silent call -- --server URL --member M --password-file F [--state DIR] [--code CODE [--trust-device]] OPERATION ['JSON']

Calls one operation of the server as a member and prints its reply as JSON. Exit code 0 when the reply is ok, 1 when it is not, 2 for wrong usage.
--state keeps the device key in DIR (keys.json, mode 0600), so that the server sees one device; else the keychain does, where there is one.
--password-file - reads the password from standard input.
--code is what two-step verification asks for: six digits of an authenticator program, or a recovery code. With --trust-device (and a device
key that is kept) further calls are not asked again for as long as the company's rules say.`;

interface Call {
  readonly operation: string;
  readonly input: unknown;
  readonly session: HeadlessOptions;
}

/** Reads the command line. Throws `invalid` with what is wrong with it. */
function readCall(args: readonly string[]): Call {
  const { values, positionals } = parse(args);
  const required = requireOptions(values, ['server', 'member', 'password-file'], usage);
  const [operation, json = '{}', ...rest] = positionals;
  if (operation === undefined) throw new AppError('invalid', `Missing: OPERATION\n\n${usage}`);
  if (rest.length > 0) throw new AppError('invalid', `One operation and one input, not also ${rest.join(' ')}\n\n${usage}`);
  const input = parseInput(json);
  const { server, member } = required;
  const password = readPasswordFile(required['password-file']);
  const keyFile = values.state === undefined ? {} : { keyFile: path.join(values.state, 'keys.json') };
  const { code } = values;
  const given = code === undefined ? {} : { given: { code: code.trim(), trustDevice: values['trust-device'] } };
  return { operation, input, session: { server, member, password, kind: 'pc-app', version: ownVersion(), ...keyFile, ...given } };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        server: { type: 'string' },
        member: { type: 'string' },
        'password-file': { type: 'string' },
        state: { type: 'string' },
        code: { type: 'string' },
        'trust-device': { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new AppError('invalid', (cause as Error).message, { cause });
  }
}

function parseInput(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new AppError('invalid', `The input is no JSON: ${(cause as Error).message}`, { cause });
  }
}

/** Makes the call and prints its reply; resolves with the exit code. */
async function run({ operation, input, session: options }: Call): Promise<number> {
  const session = await openHeadlessSession(options);
  try {
    const reply = (await session.transport.call(operation, input)) as { ok?: unknown };
    process.stdout.write(`${JSON.stringify(reply)}\n`);
    return reply.ok === true ? 0 : 1;
  } finally {
    await session.close();
  }
}

function readOrSay(args: readonly string[]): Call | null {
  try {
    return readCall(args);
  } catch (cause) {
    process.stderr.write(`${(cause as Error).message}\n`);
    return null;
  }
}

const call = readOrSay(process.argv.slice(2));
try {
  process.exitCode = call === null ? 2 : await run(call);
} catch (cause) {
  process.stdout.write(`${JSON.stringify(failure(AppError.from(cause)))}\n`);
  if (!(cause instanceof AppError)) process.stderr.write(`${String(cause)}\n`);
  process.exitCode = 1;
}
