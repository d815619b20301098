import { readFile } from 'node:fs/promises';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { AppError } from '#shared/base/errors.ts';
import { sealedSuffix } from '#shared/model/sealed.ts';
import { isLoopback, makeOrigins } from './http/origins.ts';
import { parseMailServer, type MailServer } from './mail/mail-server.ts';

/** What the command line asks for. */
export type Command =
  | {
      readonly kind: 'run';
      readonly data: string;
      readonly host: string;
      readonly port: number;
      readonly publicUrl: string | null;
      readonly trustedProxies: readonly string[];
      readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
      /** An MMDB file instead of the data that comes with the server, or null. */
      readonly countryDatabase: string | null;
      /** FIL-05: the virus scanner's address, or null. */
      readonly clamd: string | null;
      /** DRV-17: LibreOffice's path, or null to look for it; and how much of pictures is kept. */
      readonly previews: { readonly office: string | null; readonly mostBytes: number };
      readonly mail: (Omit<MailServer, 'password'> & { readonly passwordFile: string | null }) | null;
      /** Seals secrets at rest, or null for a key that the database holds. */
      readonly secretsKeyFile: string | null;
      readonly databaseUrl: string | null;
      readonly demo: { readonly password: string; readonly shown: boolean } | null;
    }
  | {
      readonly kind: 'init';
      readonly data: string;
      readonly databaseUrl: string | null;
      readonly tenant: string;
      readonly displayName: string;
      readonly administrator: string;
      readonly passwordFile: string | null;
    }
  | { readonly kind: 'verify'; readonly data: string; readonly databaseUrl: string | null }
  | {
      readonly kind: 'unlock';
      readonly data: string;
      readonly databaseUrl: string | null;
      /** `member@tenant`. */
      readonly member: string;
      readonly newPassword: boolean;
      readonly resetTwoStep: boolean;
    }
  | {
      readonly kind: 'unseal';
      readonly data: string;
      readonly databaseUrl: string | null;
      readonly tenant: string;
      /** Where what opens goes. */
      readonly out: string;
      readonly files: readonly string[];
    }
  | {
      readonly kind: 'check';
      readonly data: string;
      readonly databaseUrl: string | null;
      /** Without reading the bytes of files. */
      readonly fast: boolean;
    }
  | { readonly kind: 'collect'; readonly data: string; readonly databaseUrl: string | null }
  | { readonly kind: 'backup'; readonly data: string; readonly databaseUrl: string | null; readonly to: string }
  | { readonly kind: 'restore'; readonly data: string; readonly databaseUrl: string | null; readonly from: string }
  | {
      readonly kind: 'reindex';
      readonly data: string;
      readonly databaseUrl: string | null;
      /** Reads the files again too. */
      readonly texts: boolean;
    }
  | { readonly kind: 'help' };

export const usage = `Hikyaku tenant server

  npm run server -- --data DIR --port N [options]
    --data DIR             where everything is kept
    --port N               0 for any free port
    --host ADDRESS         what to listen on (127.0.0.1)
    --public-url URL       how clients reach this server, where that is not host and port
    --tls-cert F --tls-key F   serve https with these PEM files
    --trusted-proxy CIDR   a proxy that ends https in front of this server and names the client's address; may be repeated
    --country-database F   which country an address is in, for rules and lists: an MMDB file instead of the data that comes with the server
    --office PATH          the soffice of LibreOffice, which shows office files (looked for on PATH)
    --preview-cache MB     how much of pictures of files is kept in DIR (2048)
    --clamd PLACE          scan every file with the clamd at host:port, or at the path of its socket
    --mail-server URL      smtp://host:port or smtps://user@host, for codes and links by mail
    --mail-from ADDRESS    whom that mail comes from, as address or Name <address>
    --mail-password-file F the first line is the password of the mail server's user
    --secrets-key F        a file of 32 bytes or more that seals secrets at rest, from the first start on; keep it apart from DIR and its backups
    --database URL         postgres://… instead of SQLite in DIR
    --demo                 fill an empty data folder with a demonstration company
    --demo-password P      the password of its people (hikyaku-demo); one given here is not shown on the login form

  npm run server -- init --data DIR --tenant NAME [options]
    --display-name N       the company's name as people see it (NAME)
    --admin ID             member id of the supreme administrator (admin)
    --password-file F      the first line is the password; without it one is made and printed once
    --database URL         as above

  npm run server -- verify --data DIR
    Verifies the audit log of every tenant, also while the server runs. Exit code 1 and the first bad entry where one was changed.

  npm run server -- unlock --data DIR --member ID@TENANT [--new-password] [--reset-two-step]
    Lifts the suspension of a member who cannot be reached otherwise. --new-password makes one, prints it once and ends
    all sessions; it is good for one login, which asks for another one.
    --reset-two-step takes their second steps away (authenticator, passkeys, codes), for somebody who lost all of them.

  npm run server -- unseal --data DIR --tenant NAME --out DIR FILE...
    Opens files that a wiped, blocked or left device sealed before it erased its copy (${sealedSuffix}), into the folder of --out.
    Never overwrites. Exit code 1 where one did not open. Works beside a running server.

  npm run server -- check --data DIR [--fast]
    Looks whether all that is kept agrees with itself, also while the server runs: a line for each finding, exit code 1 where there
    is one. --fast does not read the bytes of files.

  npm run server -- collect --data DIR
    Removes now what no file, message or upload needs any more; a running server does so once a day by itself.

  npm run server -- backup --data DIR --to FOLDER
    Brings a backup in FOLDER up to date, also while the server runs. Only what is new is copied. For PostgreSQL it runs pg_dump.

  npm run server -- restore --from FOLDER --data NEW
    Makes a data folder from a backup, each file compared with its hash. With --database URL into an empty PostgreSQL database.

  npm run server -- reindex --data DIR [--texts]
    Makes the index of searches anew, also while the server runs. --texts reads the contents of all files again, too.
`;

const value = { type: 'string' } as const;
const shared = { data: value, database: value, help: { type: 'boolean', short: 'h' } } as const;
const runOptions = {
  ...shared,
  host: value,
  port: value,
  'public-url': value,
  'trusted-proxy': { type: 'string', multiple: true },
  'tls-cert': value,
  'tls-key': value,
  'country-database': value,
  clamd: value,
  office: value,
  'preview-cache': value,
  'mail-server': value,
  'mail-from': value,
  'mail-password-file': value,
  'secrets-key': value,
  demo: { type: 'boolean' },
  'demo-password': value,
} as const;
const initOptions = { ...shared, tenant: value, 'display-name': value, admin: value, 'password-file': value } as const;
const reindexOptions = { ...shared, texts: { type: 'boolean' } } as const;
const unsealOptions = { ...shared, tenant: value, out: value } as const;
const checkOptions = { ...shared, fast: { type: 'boolean' } } as const;
const backupOptions = { ...shared, to: value } as const;
const restoreOptions = { ...shared, from: value } as const;
const unlockOptions = { ...shared, member: value, 'new-password': { type: 'boolean' }, 'reset-two-step': { type: 'boolean' } } as const;

const wrong = (message: string): AppError => new AppError('invalid', message);

const parse = <O extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: O) =>
  parseGiven(args, options, false).values;

function parseGiven<O extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: O, allowPositionals: boolean) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals });
  } catch (cause) {
    throw new AppError('invalid', (cause as Error).message, { cause });
  }
}

/** Reads the command line. Throws `invalid` with what to do about it. */
export function parseCommand(args: readonly string[]): Command {
  switch (args[0]) {
    case 'init':
      return parseInit(args.slice(1));
    case 'verify':
      return parseVerify(args.slice(1));
    case 'unlock':
      return parseUnlock(args.slice(1));
    case 'unseal':
      return parseUnseal(args.slice(1));
    case 'check':
      return parseOnData('check', parse(args.slice(1), checkOptions), ({ fast }, on) => ({ kind: 'check', ...on, fast: fast === true }));
    case 'collect':
      return parseOnData('collect', parse(args.slice(1), shared), (_given, on) => ({ kind: 'collect', ...on }));
    case 'backup':
      return parseOnData('backup', parse(args.slice(1), backupOptions), ({ to }, on) => ({
        kind: 'backup',
        ...on,
        to: needed('backup', '--to FOLDER', to),
      }));
    case 'restore':
      return parseOnData('restore', parse(args.slice(1), restoreOptions), ({ from }, on) => ({
        ...{ kind: 'restore', ...on },
        from: needed('restore', '--from FOLDER', from),
      }));
    case 'reindex':
      return parseOnData('reindex', parse(args.slice(1), reindexOptions), ({ texts }, on) => ({
        ...{ kind: 'reindex', ...on },
        texts: texts === true,
      }));
    default:
      return parseRun(args);
  }
}

/** What all commands on kept data share. */
function parseOnData<G extends { readonly data?: string; readonly database?: string; readonly help?: boolean }>(
  name: string,
  given: G,
  make: (given: G, on: { readonly data: string; readonly databaseUrl: string | null }) => Command,
): Command {
  if (given.help === true) return { kind: 'help' };
  return make(given, { data: needed(name, '--data DIR', given.data), databaseUrl: databaseUrl(given.database) });
}

function needed(name: string, option: string, given: string | undefined): string {
  if (given === undefined) throw wrong(`${name} needs ${option}`);
  return given;
}

function parseVerify(args: readonly string[]): Command {
  const given = parse(args, shared);
  if (given.help === true) return { kind: 'help' };
  if (given.data === undefined) throw wrong('verify needs --data DIR');
  return { kind: 'verify', data: given.data, databaseUrl: databaseUrl(given.database) };
}

function parseUnlock(args: readonly string[]): Command {
  const given = parse(args, unlockOptions);
  if (given.help === true) return { kind: 'help' };
  if (given.data === undefined || given.member === undefined) throw wrong('unlock needs --data DIR and --member ID@TENANT');
  return {
    kind: 'unlock',
    data: given.data,
    databaseUrl: databaseUrl(given.database),
    member: given.member,
    newPassword: given['new-password'] === true,
    resetTwoStep: given['reset-two-step'] === true,
  };
}

function parseUnseal(args: readonly string[]): Command {
  const { values: given, positionals: files } = parseGiven(args, unsealOptions, true);
  if (given.help === true) return { kind: 'help' };
  if (given.data === undefined || given.tenant === undefined || given.out === undefined || files.length === 0)
    throw wrong('unseal needs --data DIR, --tenant NAME, --out DIR and one FILE or more');
  return { kind: 'unseal', data: given.data, databaseUrl: databaseUrl(given.database), tenant: given.tenant, out: given.out, files };
}

function parseInit(args: readonly string[]): Command {
  const given = parse(args, initOptions);
  if (given.help === true) return { kind: 'help' };
  if (given.data === undefined || given.tenant === undefined) throw wrong('init needs --data DIR and --tenant NAME');
  return {
    kind: 'init',
    data: given.data,
    databaseUrl: databaseUrl(given.database),
    tenant: given.tenant,
    displayName: given['display-name'] ?? given.tenant,
    administrator: given.admin ?? 'admin',
    passwordFile: given['password-file'] ?? null,
  };
}

function parseRun(args: readonly string[]): Command {
  const given = parse(args, runOptions);
  if (given.help === true) return { kind: 'help' };
  if (given.data === undefined || given.port === undefined) throw wrong('The server needs --data DIR and --port N');
  const port = Number(given.port);
  if (!/^\d{1,5}$/.test(given.port) || port > 65_535) throw wrong(`${given.port} is no port`);
  const { 'tls-cert': certFile, 'tls-key': keyFile } = given;
  if ((certFile === undefined) !== (keyFile === undefined)) throw wrong('--tls-cert and --tls-key go together');
  if (given['demo-password'] !== undefined && given.demo !== true) throw wrong('--demo-password goes with --demo');
  const host = given.host ?? '127.0.0.1';
  const publicUrl = given['public-url'] ?? null;
  const trustedProxies = given['trusted-proxy'] ?? [];
  const tls = certFile === undefined || keyFile === undefined ? null : { certFile, keyFile };
  checkTransport(host, publicUrl, tls !== null, trustedProxies.length > 0);
  return {
    kind: 'run',
    data: given.data,
    host,
    port,
    publicUrl,
    trustedProxies,
    tls,
    countryDatabase: given['country-database'] ?? null,
    clamd: given.clamd ?? null,
    previews: { office: given.office ?? null, mostBytes: cacheBytes(given['preview-cache']) },
    mail: mailOf(given['mail-server'], given['mail-from'], given['mail-password-file']),
    secretsKeyFile: given['secrets-key'] ?? null,
    databaseUrl: databaseUrl(given.database),
    demo: given.demo === true ? { password: given['demo-password'] ?? 'hikyaku-demo', shown: given['demo-password'] === undefined } : null,
  };
}

function cacheBytes(given = '2048'): number {
  if (!/^[1-9]\d{0,6}$/.test(given)) throw wrong('--preview-cache takes a number of MB from 1 on');
  return Number(given) * 1_048_576;
}

function mailOf(
  server: string | undefined,
  from: string | undefined,
  passwordFile: string | undefined,
): Extract<Command, { kind: 'run' }>['mail'] {
  if (server === undefined) {
    if (from !== undefined || passwordFile !== undefined) throw wrong('--mail-from and --mail-password-file go with --mail-server');
    return null;
  }
  if (from === undefined) throw wrong('--mail-server needs --mail-from');
  const mail = parseMailServer(server, from);
  if ((mail.user === null) !== (passwordFile === undefined)) throw wrong('A user in --mail-server and --mail-password-file go together');
  return { ...mail, passwordFile: passwordFile ?? null };
}

/** Passwords and files never travel in the clear: plain http is for this machine, or behind a proxy that ends https. */
function checkTransport(host: string, publicUrl: string | null, hasTls: boolean, hasProxy: boolean): void {
  if (!isLoopback(host)) {
    if (!hasTls && !hasProxy) {
      throw wrong(
        `Plain http on ${host} would send passwords in the clear: give --tls-cert and --tls-key, or --trusted-proxy with a proxy that ends https`,
      );
    }
    if (publicUrl === null) throw wrong(`With --host ${host} say by --public-url how clients reach this server`);
  }
  if (publicUrl === null) return;
  const { secure, url } = makeOrigins(publicUrl);
  if (!secure && !isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, ''))) {
    throw wrong('Clients take plain http from this machine only: --public-url must start with https');
  }
}

function databaseUrl(given: string | undefined): string | null {
  if (given === undefined) return null;
  if (!/^postgres(ql)?:\/\//.test(given)) throw wrong('--database takes a postgres:// address');
  return given;
}

/** A file that the command line names. Throws `invalid` when it cannot be read. */
export async function readGiven(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: Error) => {
    throw new AppError('invalid', `${file} cannot be read: ${cause.message}`, { cause });
  });
}

/** The first line of a file, for passwords. Throws `invalid` when it cannot be read or is empty. */
export async function firstLine(file: string): Promise<string> {
  const line = (await readGiven(file)).toString('utf8').split(/\r?\n/, 1)[0]!;
  if (line === '') throw wrong(`${file} has no password in its first line`);
  return line;
}

/** A key of the operator's own, as the bytes of a file. Throws `invalid` when it cannot be read or is shorter than 32 bytes. */
export async function readKey(file: string): Promise<Buffer> {
  const key = await readGiven(file);
  if (key.length < 32)
    throw wrong(`${file} is too short for a key: 32 random bytes or more, for instance from openssl rand -out ${file} 32`);
  return key;
}
