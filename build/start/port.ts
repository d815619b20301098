import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

/**
 * The port of the last start when it is still free, else 0 (any). A server that comes back under the same address finds
 * its clients' kept logins and bookmarks still pointing at it.
 */
export async function lastPort(file: string): Promise<number> {
  if (!existsSync(file)) return 0;
  const port = Number.parseInt(readFileSync(file, 'utf8'), 10);
  if (!(port > 0 && port < 65_536)) return 0;
  return (await isFree(port)) ? port : 0;
}

/** Remembers the port for the next start. */
export function rememberPort(file: string, port: number): void {
  writeFileSync(file, `${port}\n`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
