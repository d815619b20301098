import http from 'node:http';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** How often somebody else asks, in milliseconds. */
const everyMs = 5;

/** Asks a server for next to nothing, again and again, from a thread of its own: how long others wait while it does something large. */
export interface WaitProbe {
  /** The longest wait since the last call, in milliseconds. */
  longest(): Promise<number>;
  stop(): Promise<void>;
}

export async function probeWaits(url: string): Promise<WaitProbe> {
  const worker = new Worker(new URL(import.meta.url), { workerData: url });
  const ask = (): Promise<number> =>
    new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.postMessage('longest');
    });
  await ask();
  return { longest: ask, stop: async () => void (await worker.terminate()) };
}

function probe(url: string): void {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let longest = 0;
  const round = (): void => {
    const started = performance.now();
    const request = http.request(`${url}/dav/`, { method: 'OPTIONS', agent }, (response) => {
      response.resume();
      response.once('end', () => {
        longest = Math.max(longest, performance.now() - started);
        setTimeout(round, everyMs);
      });
    });
    request.once('error', () => setTimeout(round, everyMs));
    request.end();
  };
  round();
  parentPort!.on('message', () => {
    parentPort!.postMessage(longest);
    longest = 0;
  });
}

if (!isMainThread) probe(workerData as string);
