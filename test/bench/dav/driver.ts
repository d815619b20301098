import { randomBytes } from 'node:crypto';
import http from 'node:http';

/** What one server did: for each step how many requests a second, and how long one took in the middle and at the end of the row. */
export interface Step {
  readonly step: 'PUT' | 'GET' | 'PROPFIND 0' | 'PROPFIND 1' | 'DELETE';
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface DriverOptions {
  readonly files: number;
  readonly connections: number;
  readonly authorization: string | null;
}

const asked =
  '<?xml version="1.0"?><propfind xmlns="DAV:"><prop><getetag/><getcontentlength/><getlastmodified/><resourcetype/></prop></propfind>';
const sizeBytes = 4_096;
const listings = 20;

/** Files of 4 KiB over `connections` connections below `base`: sent, read, asked for one by one and all at once, deleted. */
export async function drive(base: string, { files, connections, authorization }: DriverOptions): Promise<Step[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const root = new URL(base);
  const bytes = randomBytes(sizeBytes);

  const send = (
    method: string,
    path: string,
    body: Buffer | string | null,
    headers: Record<string, string>,
    status: number[],
  ): Promise<void> =>
    new Promise((resolve, reject) => {
      const request = http.request({
        agent,
        host: root.hostname,
        port: root.port,
        method,
        path,
        headers: {
          ...headers,
          ...(authorization === null ? {} : { authorization }),
          ...(body === null ? {} : { 'content-length': Buffer.byteLength(body) }),
        },
      });
      request.on('response', (response) => {
        response.resume();
        response.once('end', () => {
          if (status.includes(response.statusCode ?? 0)) resolve();
          else reject(new Error(`${method} ${path} ${response.statusCode}`));
        });
      });
      request.once('error', reject);
      request.end(body ?? undefined);
    });

  const measure = async (step: Step['step'], count: number, one: (index: number) => Promise<void>): Promise<Step> => {
    const times: number[] = [];
    let next = 0;
    const began = performance.now();
    await Promise.all(
      Array.from({ length: connections }, async () => {
        for (let index = next++; index < count; index = next++) {
          const start = performance.now();
          await one(index);
          times.push(performance.now() - start);
        }
      }),
    );
    const seconds = (performance.now() - began) / 1_000;
    times.sort((a, b) => a - b);
    const at = (part: number): number => times[Math.min(times.length - 1, Math.floor(times.length * part))]!;
    return { step, perSecond: count / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
  };

  const folder = `${root.pathname}bench-${Date.now().toString(36)}${randomBytes(3).toString('hex')}`;
  const xml = { 'content-type': 'application/xml' };
  await send('MKCOL', `${folder}/`, null, {}, [201]);
  const steps: Step[] = [];
  // Each file has bytes of its own, as files do: what is the same for all is not stored again.
  const body = (index: number): Buffer => {
    const own = Buffer.from(bytes);
    own.writeUInt32BE(index);
    return own;
  };
  steps.push(await measure('PUT', files, (index) => send('PUT', `${folder}/f${index}`, body(index), {}, [201, 204])));
  steps.push(await measure('GET', files, (index) => send('GET', `${folder}/f${index}`, null, {}, [200])));
  steps.push(await measure('PROPFIND 0', files, (index) => send('PROPFIND', `${folder}/f${index}`, asked, { depth: '0', ...xml }, [207])));
  steps.push(await measure('PROPFIND 1', listings, () => send('PROPFIND', `${folder}/`, asked, { depth: '1', ...xml }, [207])));
  steps.push(await measure('DELETE', files, (index) => send('DELETE', `${folder}/f${index}`, null, {}, [200, 204])));
  agent.destroy();
  return steps;
}
