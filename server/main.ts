import { readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '#shared/base/errors.ts';
import { firstLine, parseCommand, readGiven, usage, type Command } from './arguments.ts';
import { appendAudit } from './audit/append.ts';
import { everybody } from './content/access.ts';
import type { Services } from './context.ts';
import { makeSharedDrive } from './drive/shared-drives.ts';
import { defaultAttemptLimits } from './identity/attempts.ts';
import { createTenant } from './identity/create-tenant.ts';
import { generatePassword } from './identity/generate-password.ts';
import type { DemoLogin } from './identity/server-info.ts';
import { makeLog } from './log.ts';
import { openServices } from './services.ts';
import { startServer } from './start.ts';
import { systemClock } from './store/system-clock.ts';

const root = path.resolve(import.meta.dirname, '..');
const log = makeLog();
const clock = systemClock;
const firstDriveName = '全社共有';

async function init(command: Extract<Command, { kind: 'init' }>): Promise<void> {
  const given = command.passwordFile === null ? null : await firstLine(command.passwordFile);
  const { services, close } = await openServices(command.data, { databaseUrl: command.databaseUrl, log, clock });
  try {
    const password = given ?? generatePassword(services.random);
    const audit = appendAudit(clock);
    const { tenantId, administratorId } = await createTenant(services, audit, {
      name: command.tenant,
      displayName: command.displayName,
      administrator: { memberId: command.administrator, name: command.administrator, password },
    });
    // A new company is not empty-handed: one place that everybody shares is there from the start.
    const drive = { name: firstDriveName, permissions: new Map([[everybody, 'edit']] as const), createdBy: administratorId };
    const by = { actorId: null, address: null, client: 'command line' };
    await services.database.transaction().execute((transaction) => makeSharedDrive(transaction, services, audit, tenantId, drive, by));
    const made = { tenant: command.tenant, member: `${command.administrator}@${command.tenant}` };
    process.stdout.write(`${JSON.stringify(given === null ? { ...made, password } : made)}\n`);
  } finally {
    await close();
  }
}

async function prepareDemo(services: Services, { password, shown }: { password: string; shown: boolean }): Promise<DemoLogin> {
  // The demonstration company is large and needed only here; it is made only where there is no tenant yet.
  const { demoMemberIds, demoTenant, seedDemo } = await import('./demo/seed.ts');
  await seedDemo(services, { now: clock.now(), password });
  return { tenant: demoTenant, memberIds: demoMemberIds, password: shown ? password : '' };
}

async function run(command: Extract<Command, { kind: 'run' }>): Promise<void> {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  const tls = command.tls === null ? null : { cert: await readGiven(command.tls.certFile), key: await readGiven(command.tls.keyFile) };
  const pages = path.join(root, 'dist', 'renderer');
  const hasPages = await access(path.join(pages, 'index.html')).then(
    () => true,
    () => false,
  );
  const { services, close } = await openServices(command.data, { databaseUrl: command.databaseUrl, log, clock });
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
    pages: hasPages ? pages : null,
  }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);
  log.info({ url: server.url, version }, 'Ready');

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
  if (command.kind === 'help') process.stdout.write(usage);
  else await (command.kind === 'init' ? init(command) : run(command));
} catch (error) {
  const known = AppError.from(error);
  if (known.code === 'internal') log.error({ error }, 'The server could not start');
  process.stderr.write(`${known.code === 'internal' ? 'The server could not start.' : known.message}\n`);
  if (known.code === 'invalid') process.stderr.write(`\n${usage}`);
  process.exitCode = known.code === 'invalid' ? 2 : 1;
}
