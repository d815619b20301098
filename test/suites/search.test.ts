import { afterAll, beforeAll } from 'vitest';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { makeServices } from '../support/server-services.ts';
import { searchSuite } from './search-suite.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

searchSuite('SQLite', () => makeServices());
searchSuite('PostgreSQL', async () => makeServices({ place: await postgres.place() }));
