import { makeServices } from '../support/server-services.ts';
import { driveSuite } from './drive-suite.ts';

driveSuite('SQLite', () => makeServices());
if (process.env['TRY_PG']) driveSuite('PostgreSQL', () => makeServices({ place: { kind: 'postgres', url: process.env['TRY_PG']! } }));
