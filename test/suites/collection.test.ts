import { afterAll, beforeAll } from 'vitest';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { makeServices } from '../support/server-services.ts';
import { collectionSuite } from './collection-suite.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

collectionSuite('SQLite', (clock) => makeServices({ clock }));
collectionSuite('PostgreSQL', async (clock) => makeServices({ clock, place: await postgres.place() }));
