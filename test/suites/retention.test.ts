import { afterAll, beforeAll } from 'vitest';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { makeServices } from '../support/server-services.ts';
import { retentionSuite } from './retention-suite.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

retentionSuite('SQLite', (clock) => makeServices({ clock }));
retentionSuite('PostgreSQL', async (clock) => makeServices({ clock, place: await postgres.place() }));
