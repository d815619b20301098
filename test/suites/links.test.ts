import { afterAll, beforeAll } from 'vitest';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { linksSuite } from './links-suite.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

linksSuite('SQLite', async () => undefined);
linksSuite('PostgreSQL', () => postgres.place());
