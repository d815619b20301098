import { afterAll, beforeAll } from 'vitest';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { makeServices } from '../support/server-services.ts';
import { contentSuite } from './drive-content-suite.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

contentSuite('SQLite', () => makeServices());
contentSuite('PostgreSQL', async () => makeServices({ place: await postgres.place() }));
