import { readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { assertNever } from '#shared/base/assert.ts';
import { AppError } from '#shared/base/errors.ts';
import { firstLine, parseCommand, readGiven, readKey, usage, type Command } from './arguments.ts';
import { hasTenant, init, unlock, unseal, verify, type CommandHost } from './commands.ts';
import { clamdScanner, scannerPlace } from './content/inspection/clamd.ts';
import type { Services } from './context.ts';
import { backUp, check, collectNow, reindex, restoreFrom } from './data-commands.ts';
import { defaultAttemptLimits } from './identity/attempts.ts';
import type { DemoLogin } from './identity/server-info.ts';
import { makeLog } from './log.ts';
import { openServices } from './services.ts';
import { findProgram } from './sandbox/fence.ts';
import { startServer } from './start.ts';
import { shippedCountries } from './store/countries.ts';
import { systemClock } from './store/system-clock.ts';

const root = path.resolve(import.meta.dirname, '..');
const log = makeLog();
const clock = systemClock;
const host: CommandHost = { log, clock, print: (line) => void process.stdout.write(`${JSON.stringify(line)}\n`) };

async function prepareDemo(services: Services, { password, shown }: { password: string; shown: boolean }): Promise<DemoLogin> {
  // The demonstration company is large and needed only here; it is made only where there is no tenant yet.
  const { demoMemberIds, demoTenant, seedDemo } = await import('./demo/seed.ts');
  await seedDemo(services, { now: clock.now(), password });
  return { tenant: demoTenant, memberIds: demoMemberIds, password: shown ? password : '' };
}

async function run(command: Extract<Command, { kind: 'run' }>): Promise<void> {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  const tls = command.tls === null ? null : { cert: await readGiven(command.tls.certFile), key: await readGiven(command.tls.keyFile) };
  const mail =
    command.mail === null
      ? null
      : { ...command.mail, password: command.mail.passwordFile === null ? null : await firstLine(command.mail.passwordFile) };
  const secretsKey = command.secretsKeyFile === null ? null : await readKey(command.secretsKeyFile);
  const { office } = command.previews;
  if (office !== null && (await findProgram(office)) === null) throw new AppError('invalid', `--office: there is no ${office}`);
  const pages = path.join(root, 'dist', 'renderer');
  const hasPages = await access(path.join(pages, 'index.html')).then(
    () => true,
    () => false,
  );
  const countries = command.countryDatabase ?? shippedCountries();
  const { services, close } = await openServices(command.data, { databaseUrl: command.databaseUrl, log, clock, use: 'alone', countries });
  const demo = command.demo === null ? null : await prepareDemo(services, command.demo);
  const server = await startServer(services, {
    version,
    host: command.host,
    port: command.port,
    publicUrl: command.publicUrl,
    trustedProxies: command.trustedProxies,
    tls,
    demo,
    attemptLimits: defaultAttemptLimits,
    mail,
    secretsKey,
    scanner: command.clamd === null ? null : clamdScanner(scannerPlace(command.clamd)),
    pages: hasPages ? pages : null,
    previews: {
      folder: path.join(command.data, 'previews'),
      mostBytes: command.previews.mostBytes,
      ...(office === null ? {} : { officeProgram: office }),
    },
  }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);
  log.info({ url: server.url, version }, 'Ready');
  if (!hasPages) log.warn({}, 'There are no pages for browsers: npm run build makes them');
  if (!(await hasTenant(services)))
    log.warn({}, 'Nobody can log in, there is no tenant yet: npm run server -- init --data DIR --tenant NAME');

  const stop = (signal: string): void => {
    process.removeAllListeners('SIGTERM').removeAllListeners('SIGINT');
    log.info({ signal }, 'Stopping');
    void server
      .close()
      .then(close)
      .then(() => log.info({}, 'Stopped'));
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
}

try {
  const command = parseCommand(process.argv.slice(2));
  switch (command.kind) {
    case 'help':
      process.stdout.write(usage);
      break;
    case 'init':
      await init(command, host);
      break;
    case 'verify':
      if (!(await verify(command, host)))
        throw new AppError('conflict', 'The audit log does not hold: entries were changed, removed or added');
      break;
    case 'unlock':
      await unlock(command, host);
      break;
    case 'unseal':
      if (!(await unseal(command, host))) throw new AppError('conflict', 'Not every file opened');
      break;
    case 'check':
      if (!(await check(command, host))) throw new AppError('conflict', 'Something of what is kept does not agree with itself');
      break;
    case 'collect':
      await collectNow(command, host);
      break;
    case 'backup':
      await backUp(command, host);
      break;
    case 'restore':
      await restoreFrom(command, host);
      break;
    case 'reindex':
      await reindex(command, host);
      break;
    case 'run':
      await run(command);
      break;
    default:
      assertNever(command, 'command');
  }
} catch (error) {
  const known = AppError.from(error);
  if (known.code === 'internal') log.error({ error }, 'The server could not start');
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${known.code === 'internal' ? `The server could not start: ${why}` : known.message}\n`);
  if (known.code === 'invalid') process.stderr.write(`\n${usage}`);
  process.exitCode = known.code === 'invalid' ? 2 : 1;
}
