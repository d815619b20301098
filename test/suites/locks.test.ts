import { afterAll, beforeAll } from 'vitest';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { makeServices } from '../support/server-services.ts';
import { locksSuite } from './locks-suite.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

locksSuite('SQLite', (clock) => makeServices({ clock }));
locksSuite('PostgreSQL', async (clock) => makeServices({ clock, place: await postgres.place() }));
