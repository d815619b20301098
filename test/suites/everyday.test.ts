import { afterAll, beforeAll } from 'vitest';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { makeServices } from '../support/server-services.ts';
import { everydaySuite } from './everyday-suite.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

everydaySuite('SQLite', () => makeServices());
everydaySuite('PostgreSQL', async () => makeServices({ place: await postgres.place() }));
