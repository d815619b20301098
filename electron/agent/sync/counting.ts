import type { Transport } from '#shared/client/transport.ts';

/** What was asked of the server, and how many bytes of content went each way. */
export interface Traffic {
  requests: number;
  bytesUp: number;
  bytesDown: number;
}

/** The same transport, counted into `traffic`; `answered` is called with each answer. */
export function countingTransport(transport: Transport, traffic: Traffic, answered: () => void): Transport {
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    traffic.requests += 1;
    const result = await work;
    answered();
    return result;
  };
  return {
    url: transport.url,
    call: (name, input) => counted(transport.call(name, input)),
    events: (onEvent, onState) => transport.events(onEvent, onState),
    sendPack: async (pack, signal) => {
      await counted(transport.sendPack(pack, signal));
      traffic.bytesUp += pack.length;
    },
    readChunks: async function* (hashes, options) {
      traffic.requests += 1;
      for await (const chunk of transport.readChunks(hashes, options)) {
        traffic.bytesDown += chunk.bytes.length;
        yield chunk;
      }
      answered();
    },
    readBytes: (path, options) => transport.readBytes(path, options),
  };
}
