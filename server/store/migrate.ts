import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { assert } from '#shared/base/assert.ts';
import { AppError } from '#shared/base/errors.ts';

export type DatabaseKind = 'sqlite' | 'postgres';

/** One step of the schema: `NN-name.sql`, with `$BYTES` standing for the database's type of bytes. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** What only one of the databases runs, after `sql`: `NN-name.sqlite.sql` and `NN-name.postgres.sql`. For what has no common words. */
  readonly variants?: Readonly<Partial<Record<DatabaseKind, string>>>;
}

/** What the runner needs of a database before there is a query builder on it. */
export interface MigrationTarget {
  readonly kind: DatabaseKind;
  /** What `$BYTES` becomes. */
  readonly bytesType: string;
  /** Highest first is not needed; an empty list when the database is new. */
  applied(): Promise<readonly { readonly number: number; readonly name: string }[]>;
  /** Runs one migration and notes it down, both or neither. */
  apply(migration: Migration): Promise<void>;
  /** Keeps a copy of a database that has content, before it is changed. */
  backup(lastApplied: number): Promise<void>;
}

/** The migrations that lie beside this file, in order. */
export function shippedMigrations(): readonly Migration[] {
  const folder = path.join(import.meta.dirname, 'migrations');
  const shipped = readdirSync(folder)
    .filter((file) => /^\d{2}-[a-z0-9-]+\.sql$/.test(file))
    .toSorted()
    .map((file) => ({
      number: Number(file.slice(0, 2)),
      name: file.slice(3, -4),
      sql: readFileSync(path.join(folder, file), 'utf8'),
      variants: variantsOf(path.join(folder, file.slice(0, -4))),
    }));
  assert(new Set(shipped.map(({ number }) => number)).size === shipped.length, 'every migration has its own number');
  return shipped;
}

function variantsOf(step: string): NonNullable<Migration['variants']> {
  const read = (kind: DatabaseKind): NonNullable<Migration['variants']> => {
    const file = `${step}.${kind}.sql`;
    return existsSync(file) ? { [kind]: readFileSync(file, 'utf8') } : {};
  };
  return { ...read('sqlite'), ...read('postgres') };
}

/**
 * Brings a database up to date, one transaction a step. Returns the numbers applied now.
 * Throws `conflict` when the database was made by a newer program, or is older and may not be changed: it is left as it is.
 */
export async function migrate(target: MigrationTarget, migrations: readonly Migration[], mayMigrate = true): Promise<readonly number[]> {
  const applied = await target.applied();
  const newest = migrations.at(-1)?.number ?? 0;
  const foreign = applied.find(({ number, name }) => migrations.find((known) => known.number === number)?.name !== name);
  if (foreign !== undefined) {
    throw new AppError(
      'conflict',
      `The database was made by a newer program: it has migration ${foreign.number} (${foreign.name}), this program knows those up to ${newest}. ` +
        'Start the newer program; nothing was changed.',
    );
  }
  const done = new Set(applied.map(({ number }) => number));
  const open = migrations.filter(({ number }) => !done.has(number));
  if (open.length === 0) return [];
  if (!mayMigrate) {
    throw new AppError('conflict', 'The database is in use by a server of an earlier version. Stop it first; nothing was changed.');
  }
  if (applied.length > 0) await target.backup(Math.max(...done));
  for (const { number, name, sql, variants } of open) {
    const text = [sql, variants?.[target.kind] ?? ''].join('\n').replaceAll('$BYTES', target.bytesType);
    await target.apply({ number, name, sql: text });
  }
  return open.map(({ number }) => number);
}
