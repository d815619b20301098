import { AppError } from '#shared/base/errors.ts';
import { messageOf } from './host/refusal.ts';
import { syncCommand, usage } from './sync/command.ts';

/** The agent without windows: `npm run --silent agent -- sync …`. */
const [subcommand, ...args] = process.argv.slice(2);
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());

try {
  if (subcommand !== 'sync') throw new AppError('invalid', usage);
  process.exitCode = await syncCommand(args, ended.signal);
} catch (cause) {
  process.stderr.write(`${messageOf(cause)}\n`);
  process.exitCode = 2;
}
