import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP relay that makes the way to a port longer, without making it narrower. */
export interface DelayProxy {
  readonly port: number;
  /** Bytes that went up and down so far. */
  readonly bytes: { up: number; down: number };
  close(): Promise<void>;
}

/** What may be under way in one direction of one connection, in bytes: more than any line of that length carries. */
const mostUnderWay = 64 * 1024 * 1024;

/** @param roundTripMs what one question and its answer take longer; half of it each way */
export async function startDelayProxy(targetPort: () => number, roundTripMs: number): Promise<DelayProxy> {
  const bytes = { up: 0, down: 0 };
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(targetPort(), '127.0.0.1');
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      socket.on('error', () => {
        near.destroy();
        far.destroy();
      });
    }
    carry(near, far, roundTripMs / 2, (length) => (bytes.up += length));
    carry(far, near, roundTripMs / 2, (length) => (bytes.down += length));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    bytes,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Passes on what `from` says, each piece `delayMs` after it came and in order. */
function carry(from: Socket, to: Socket, delayMs: number, count: (length: number) => void): void {
  const waiting: { readonly at: number; readonly piece: Buffer | null }[] = [];
  let underWay = 0;
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    timer = null;
    const now = performance.now();
    for (let first = waiting[0]; first !== undefined && first.at <= now + 0.5; first = waiting[0]) {
      waiting.shift();
      if (first.piece === null) to.end();
      else {
        underWay -= first.piece.length;
        if (!to.destroyed) to.write(first.piece);
      }
    }
    if (from.isPaused() && underWay < mostUnderWay / 2) from.resume();
    if (waiting.length > 0) timer = setTimeout(flush, Math.max(0, waiting[0]!.at - now));
  };
  const put = (piece: Buffer | null): void => {
    waiting.push({ at: performance.now() + delayMs, piece });
    underWay += piece?.length ?? 0;
    if (underWay > mostUnderWay) from.pause();
    timer ??= setTimeout(flush, delayMs);
  };
  from.on('data', (piece) => {
    count(piece.length);
    put(piece);
  });
  from.on('end', () => put(null));
  from.on('close', () => put(null));
}
