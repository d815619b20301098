import { uuidv7 } from '#shared/base/uuid.ts';
import type { SyncHost } from './account.ts';

const idBytes = 10;
const pooledIds = 256;

/** Makes ids for new nodes and keys for mutations; takes its randomness in larger portions, since a first upload needs very many. */
export function idMaker({ clock, random }: Pick<SyncHost, 'clock' | 'random'>): () => string {
  let pool = new Uint8Array(0);
  let at = 0;
  return () => {
    if (at + idBytes > pool.length) {
      pool = new Uint8Array(random(idBytes * pooledIds));
      at = 0;
    }
    at += idBytes;
    return uuidv7(clock.now(), pool.subarray(at - idBytes, at));
  };
}
