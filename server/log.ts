import { pino, stdSerializers } from 'pino';
import type { Log } from './context.ts';

/** Fields that never reach a log, wherever they stand. */
const secrets = ['password', 'accessToken', 'refreshToken', 'ticket', 'databaseKey', 'authorization', 'cookie', 'dpop'];

/** One JSON object a line on standard error: standard output is for programs that start the server. */
export function makeLog(): Log {
  const paths = secrets.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  return pino(
    {
      base: null,
      timestamp: () => `,"at":"${new Date().toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
      redact: { paths, censor: '[secret]' },
      serializers: { error: stdSerializers.errWithCause },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
