import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe } from 'vitest';
import { MemoryStore } from '#shared/client/memory-store.ts';
import { openStore } from '../../electron/agent/store/open-store.ts';
import { clientStoreSuite } from './client-store.ts';

describe('the store in memory', () => clientStoreSuite(() => new MemoryStore()));

describe('the encrypted store on disk', () =>
  clientStoreSuite(() => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-store-'));
    return openStore(path.join(folder, 'local.db'), new Uint8Array(32).fill(7), 0).store;
  }));
