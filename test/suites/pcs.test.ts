import { afterAll, beforeAll } from 'vitest';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { makeServices } from '../support/server-services.ts';
import { pcsSuite } from './pcs-suite.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

pcsSuite('SQLite', () => makeServices());
pcsSuite('PostgreSQL', async () => makeServices({ place: await postgres.place() }));
