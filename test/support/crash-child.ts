import { createInterface } from 'node:readline';
import type { Services } from '../../server/context.ts';
import { openServices } from '../../server/services.ts';
import { startServer } from '../../server/start.ts';
import { systemClock } from '../../server/store/system-clock.ts';

/*
 * The real server over the real stores of a folder, which kills itself (as a power cut does) at the Nth step of what it does after it was told
 * `arm N`: before and after each statement, and before, in the middle of and after each write of a pack. `count` tells the steps since then.
 */
const [folder, port] = process.argv.slice(2) as [string, string];
const quiet = { info: () => undefined, warn: () => undefined, error: (...said: unknown[]) => console.error(...said) };
const opened = await openServices(folder, { databaseUrl: null, log: quiet, clock: systemClock, use: 'alone' });

let left = Number.POSITIVE_INFINITY;
let count = 0;
const step = (): void => {
  count += 1;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
};
const services: Services = {
  ...opened.services,
  database: opened.services.database.withPlugin({
    transformQuery: ({ node }) => {
      step();
      return node;
    },
    transformResult: async ({ result }) => {
      step();
      return result;
    },
  }),
  blobs: {
    ...opened.services.blobs,
    put: async (key, bytes) => {
      step();
      const put = opened.services.blobs.put(key, bytes);
      setImmediate(step);
      await put;
      step();
    },
  },
};
const server = await startServer(services, {
  ...{ version: '0.1.0', host: '127.0.0.1', port: Number(port), publicUrl: null, trustedProxies: [], tls: null, demo: null, pages: null },
  attemptLimits: { windowSeconds: 900, perAddress: 1_000, perAccount: 1_000, perPair: 1_000 },
});
console.log(JSON.stringify({ url: server.url }));
createInterface({ input: process.stdin }).on('line', (line) => {
  const [what, number] = line.split(' ');
  if (what === 'arm') [left, count] = [Number(number), 0];
  console.log(JSON.stringify(what === 'count' ? { count } : { armed: left }));
});
