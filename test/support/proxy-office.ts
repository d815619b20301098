import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

/** A proxy in front of a server that says from which address each program comes (`X-Forwarded-For`). */
export interface OfficeProxy {
  /** How programs reach the server. */
  readonly port: number;
  /** Where the server listens; set before anything is asked. */
  serverPort: number;
  /** Where Chromium comes from, and where all other programs do. */
  readonly from: { browser: string; app: string };
  close(): Promise<void>;
}

/** Starts it on a loopback port. Give the server `--trusted-proxy 127.0.0.1/32` and a `--public-url` with the proxy's port. */
export async function startOfficeProxy(from: { browser: string; app: string }): Promise<OfficeProxy> {
  const self = { serverPort: 0, from: { ...from } };
  const headersOf = ({ headers }: IncomingMessage) => {
    const agent = headers['user-agent'] ?? '';
    const isBrowser = agent.includes('Chrome') && !agent.includes('Electron');
    return { ...headers, 'x-forwarded-for': isBrowser ? self.from.browser : self.from.app };
  };
  const server: Server = createServer((incoming, outgoing) => {
    const { method, url } = incoming;
    const onward = request({ host: '127.0.0.1', port: self.serverPort, method, path: url, headers: headersOf(incoming) }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  const sockets = new Set<{ destroy(): void }>();
  server.on('upgrade', (incoming, socket, head) => {
    const onward = connect(self.serverPort, '127.0.0.1', () => {
      const lines = Object.entries(headersOf(incoming)).map(([name, value]) => `${name}: ${String(value)}`);
      onward.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      onward.pipe(socket);
      socket.pipe(onward);
    });
    for (const [one, other] of [
      [onward, socket],
      [socket, onward],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(self, {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** A loopback port that nobody listens on, for a server that is told its address before it starts. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
