import { afterAll, beforeAll } from 'vitest';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { makeServices } from '../support/server-services.ts';
import { talkSuite } from './talk-suite.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

talkSuite('SQLite', () => makeServices());
talkSuite('PostgreSQL', async () => makeServices({ place: await postgres.place() }));
