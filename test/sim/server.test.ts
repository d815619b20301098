import { afterAll } from 'vitest';
import { openHeadlessSession, type HeadlessSession } from '../../electron/agent/headless-session.ts';
import { startTestServer, testPassword, type TestServer } from '../support/test-server.ts';
import { SimLine } from './net.ts';
import { Random } from './random.ts';
import { SimServer } from './server.ts';
import { serverSuite } from './server-suite.ts';
import { SimTime } from './time.ts';

let real: TestServer | null = null;
let session: HeadlessSession | null = null;
afterAll(async () => {
  await session?.close();
  await real?.close();
});

serverSuite('the real server', async () => {
  real = await startTestServer();
  session = await openHeadlessSession({ server: real.url, member: 'sato', password: testPassword, kind: 'pc-app', version: '0.1.0' });
  return session.transport;
});

serverSuite('the simulated server', async () => {
  const time = new SimTime();
  const random = new Random(1);
  const transport = new SimLine(new SimServer(() => time.now), time, random, 'pc').transport(() => true);
  // Nobody moves this world's time but who waits for it.
  const moved = async <T>(work: Promise<T>): Promise<T> => {
    let settled = false;
    const outcome = work.finally(() => (settled = true));
    outcome.catch(() => undefined);
    await time.run(Infinity, () => settled);
    return outcome;
  };
  return {
    ...transport,
    call: (name, input) => moved(transport.call(name, input)),
    sendPack: (pack) => moved(transport.sendPack(pack)),
    readChunks: (hashes) => {
      const chunks = transport.readChunks(hashes)[Symbol.asyncIterator]();
      return { [Symbol.asyncIterator]: () => ({ next: () => moved(chunks.next()) }) };
    },
  };
});
