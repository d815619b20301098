import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import BetterSqlite from 'better-sqlite3';
import pg from 'pg';
import { AppError } from '#shared/base/errors.ts';
import type { DatabasePlace } from './place.ts';

/** A copy of a database as it was at one moment, and the packs that it refers to. */
interface DatabaseCopy {
  readonly packIds: ReadonlySet<string>;
}

/** Copies a database that may be in use into a file. Throws `unavailable` where PostgreSQL's own programs are needed and not installed. */
export async function copyDatabase(place: DatabasePlace, file: string): Promise<DatabaseCopy> {
  return place.kind === 'sqlite' ? copySqlite(place.file, file) : copyPostgres(place.url, file);
}

/** Puts such a copy of a PostgreSQL database into an empty one. Throws `conflict` for one that has something in it. */
export async function restorePostgres(file: string, url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ found: string | null }>(`SELECT to_regclass('public.migrations') AS found`);
    if (rows[0]?.found !== null) throw new AppError('conflict', 'The database is not empty: restore into a new one');
  } finally {
    await client.end();
  }
  await runProgram('pg_restore', ['--no-owner', '--no-privileges', '--single-transaction', '--exit-on-error', file], url);
}

async function copySqlite(from: string, file: string): Promise<DatabaseCopy> {
  const source = new BetterSqlite(from, { timeout: 5_000, fileMustExist: true });
  try {
    // One reader's view; writers go on meanwhile.
    source.prepare('VACUUM INTO ?').run(file);
  } finally {
    source.close();
  }
  const handle = await open(file, 'r+');
  await handle.sync();
  await handle.close();
  const copy = new BetterSqlite(file, { readonly: true });
  try {
    const rows = copy.prepare<[], { pack_id: string }>('SELECT DISTINCT pack_id FROM chunks').all();
    return { packIds: new Set(rows.map((row) => row.pack_id)) };
  } finally {
    copy.close();
  }
}

async function copyPostgres(url: string, file: string): Promise<DatabaseCopy> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows } = await client.query<{ snapshot: string }>('SELECT pg_export_snapshot() AS snapshot');
    await runProgram('pg_dump', ['--format=custom', `--snapshot=${rows[0]!.snapshot}`, `--file=${file}`], url);
    const packs = await client.query<{ pack_id: string }>('SELECT DISTINCT pack_id FROM chunks');
    return { packIds: new Set(packs.rows.map((row) => row.pack_id)) };
  } finally {
    await client.end();
  }
}

/** Runs one of PostgreSQL's own programs on a database. The password goes by the environment, which other users of the machine cannot read. */
async function runProgram(program: string, args: readonly string[], url: string): Promise<void> {
  const [, before = '', password = '', after = ''] = /^(postgres(?:ql)?:\/\/[^:@/]*):([^@/]*)(@.*)$/.exec(url) ?? [];
  const name = password === '' ? url : before + after;
  const env = password === '' ? process.env : { ...process.env, PGPASSWORD: decodeURIComponent(password) };
  const child = spawn(program, [...args, `--dbname=${name}`], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said = (said + piece.toString()).slice(-2_000)));
  const [code] = (await once(child, 'close').catch((cause: unknown) => {
    throw new AppError('unavailable', `${program} could not be started: install PostgreSQL's client programs here`, { cause });
  })) as [number | null];
  if (code !== 0) throw new AppError('unavailable', `${program} failed: ${said.trim()}`);
}
