import type { CompiledQuery, Kysely } from 'kysely';
import { assert } from '#shared/base/assert.ts';
import type { Schema } from './schema.ts';

interface Compilable<R> {
  compile(): CompiledQuery<R>;
}

/** Texts of statements by their names, apart for each database's language. */
const compiled = new WeakMap<object, Map<string, CompiledQuery<unknown>>>();

/**
 * Runs a query whose text is put together once: on hot paths that costs more than running it. `name` stands for the text, so whatever the text depends
 * on is part of it. `build` is given any values; `parameters` come in the order in which they stand in the text.
 */
export async function prepared<R>(
  database: Kysely<Schema>,
  name: string,
  build: (database: Kysely<Schema>) => Compilable<R>,
  parameters: readonly unknown[],
): Promise<R[]> {
  const executor = database.getExecutor();
  let texts = compiled.get(executor.adapter.constructor);
  if (texts === undefined) compiled.set(executor.adapter.constructor, (texts = new Map()));
  let known = texts.get(name);
  if (known === undefined) {
    known = build(database).compile();
    texts.set(name, known);
  }
  assert(known.parameters.length === parameters.length, `${name} has ${known.parameters.length} parameters`);
  const { rows } = await executor.executeQuery<unknown>({ ...known, parameters });
  return rows as R[];
}

/** Puts rows into a table, all with the same columns. With `ignore` those that are there already are left as they are. */
export async function insertRows<T extends keyof Schema>(
  database: Kysely<Schema>,
  table: T,
  rows: readonly Readonly<Record<string, unknown>>[],
  ignore = false,
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first);
  const build = (queries: Kysely<Schema>): Compilable<unknown> => {
    const insert = queries.insertInto(table).values(rows as never);
    return ignore ? insert.onConflict((conflict) => conflict.doNothing()) : insert;
  };
  const parameters = rows.flatMap((row) => columns.map((column) => row[column]));
  await prepared(database, `insert ${table} ${rows.length} ${String(ignore)} ${columns.join()}`, build, parameters);
}
