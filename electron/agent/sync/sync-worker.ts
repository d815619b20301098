import { parentPort } from 'node:worker_threads';
import { assert } from '#shared/base/assert.ts';
import { runTask, type WorkerTask } from './worker-tasks.ts';

/** The entry of the sync worker thread: answers each task with its result or its error. */
assert(parentPort !== null, 'runs as a worker thread');
const port = parentPort;
port.on('message', ({ id, task }: { id: number; task: WorkerTask }) => {
  try {
    const result = runTask(task);
    port.postMessage({ id, result }, 'pack' in result ? [result.pack.buffer] : []);
  } catch (error) {
    port.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
