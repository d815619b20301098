import type { Port } from '#shared/contract/port.ts';

/** The part of Electron's `process.parentPort` that we use. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

const intervalMs = 5_000;

/** The port to the process that started us; null outside a utility process. */
export function parentPort(): Port | null {
  const port = (process as unknown as { parentPort?: ParentPort }).parentPort;
  if (port === undefined) return null;
  return {
    post: (message) => port.postMessage(message),
    receive: (handler) => port.on('message', ({ data }) => handler(data)),
  };
}

/** Calls `onGone` once when the process `pid` is no longer there: an agent without its shell would hold the store and sync unseen. */
export function watchParent(pid: number, onGone: () => void): void {
  const timer = setInterval(() => {
    try {
      process.kill(pid, 0);
    } catch {
      clearInterval(timer);
      onGone();
    }
  }, intervalMs);
  timer.unref();
}
