import { readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { LaunchedApp } from './app.ts';

/** Everything alive in a page's JavaScript heap, as the text of a snapshot. */
export async function pageHeap(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const parts: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }: { chunk: string }) => parts.push(chunk));
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return parts.join('');
}

/** Everything alive in the main process's JavaScript heap. */
export async function mainHeap({ app }: LaunchedApp): Promise<string> {
  const file = path.join(os.tmpdir(), `hikyaku-main-${process.pid}-${Date.now()}.heapsnapshot`);
  await app.evaluate((_electron, target) => {
    const v8 = process.getBuiltinModule('v8');
    v8.writeHeapSnapshot(target);
  }, file);
  try {
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(file, { force: true });
  }
}
