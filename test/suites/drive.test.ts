import { afterAll, beforeAll } from 'vitest';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { makeServices } from '../support/server-services.ts';
import { driveSuite } from './drive-suite.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

driveSuite('SQLite', () => makeServices());
driveSuite('PostgreSQL', async () => makeServices({ place: await postgres.place() }));
