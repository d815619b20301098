import { afterAll, beforeAll } from 'vitest';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { makeServices } from '../support/server-services.ts';
import { accessMatrix } from './access-matrix.ts';
import { accessSuite } from './access-suite.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

for (const suite of [accessSuite, accessMatrix]) {
  suite('SQLite', () => makeServices());
  suite('PostgreSQL', async () => makeServices({ place: await postgres.place() }));
}
