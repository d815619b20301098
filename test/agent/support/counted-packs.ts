import type http from 'node:http';
import type { HttpRequest, HttpResponse, NodeHttp } from '../../../electron/agent/transport/http.ts';
import { nodeHttp } from '../../../electron/agent/transport/http.ts';

/** What an agent sends, counted; `most` packs are let through, those beyond it wait until somebody gives up. */
export interface CountedPacks {
  readonly http: NodeHttp;
  /** The packs that the server took, as text. */
  readonly taken: string[];
  most: number;
  /** Reads of chunks that are let through; those beyond it wait likewise. */
  mostReads: number;
  /** The bytes of chunks that came. */
  readBytes: number;
  /** From now on the machine has this address (a loopback one); lines that stood before are cut. */
  moveTo(address: string): void;
}

export function countedPacks(most = Infinity): CountedPacks {
  const real = nodeHttp();
  const waiting = new Set<() => void>();
  // Those under way count too: lanes send side by side, and one that is given up in mid-way may have been taken all the same.
  let letThrough = 0;
  let reads = 0;
  const held = (request: HttpRequest): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.add(resolve);
      request.signal?.addEventListener('abort', () => reject(new Error('given up')));
    });
  const read = async (request: HttpRequest): Promise<HttpResponse> => {
    if (reads >= counted.mostReads) await held(request);
    reads += 1;
    const response = await real.request(request);
    const body = (async function* () {
      for await (const bytes of response.body) {
        counted.readBytes += bytes.length;
        yield bytes;
      }
    })();
    return { ...response, body };
  };
  const counted: CountedPacks = {
    most,
    mostReads: Infinity,
    readBytes: 0,
    taken: [],
    http: {
      ...real,
      request: async (request: HttpRequest) => {
        if (request.url.endsWith('/api/content/read')) return read(request);
        if (!request.url.endsWith('/api/content/pack')) return real.request(request);
        if (letThrough >= counted.most) await held(request);
        letThrough += 1;
        const response = await real.request(request);
        if (response.status < 300) counted.taken.push(Buffer.from(request.body as Uint8Array).toString('base64'));
        return response;
      },
    },
    moveTo: (address) => {
      const agent = real.agentFor(new URL('http://127.0.0.1')) as http.Agent & { readonly options: http.AgentOptions };
      agent.options.localAddress = address;
      agent.destroy();
      for (const resolve of waiting) resolve();
      waiting.clear();
    },
  };
  return counted;
}

export const bytesOf = (packs: readonly string[]): number => packs.reduce((total, pack) => total + Buffer.byteLength(pack, 'base64'), 0);
