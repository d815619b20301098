import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { AppError } from '#shared/base/errors.ts';
import { isDav } from './dav/address.ts';
import type { DavHandler } from './dav/handler.ts';
import type { EventSockets } from './events.ts';

/** How long requests may take to finish after the server was told to stop, in milliseconds. */
const patienceMs = 8_000;

export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** How long a request may take to arrive, in milliseconds; over WebDAV, where files of any size come in one, how long it may be silent. */
const requestMs = 300_000;
const silenceMs = 120_000;

/** Ends the connection of a request that is not whole in time. */
function bound(request: http.IncomingMessage, ms: number): void {
  if (request.complete) return;
  const timer = setTimeout(() => {
    // One without a body never says that it ended, and its answer may take as long as it likes.
    if (!request.complete) request.socket.destroy();
  }, ms);
  timer.unref();
  const done = (): void => clearTimeout(timer);
  request.once('end', done);
  request.once('close', done);
}

/** What answers requests, as the framework makes it. */
export interface FetchApp {
  fetch(request: Request, env: HttpBindings): Response | Promise<Response>;
}

/** A bound port that does not serve yet: its number is part of the address that everything else is made with. */
export interface Listener {
  readonly port: number;
  /** Starts to answer. */
  serve(app: FetchApp, sockets: EventSockets, dav: DavHandler): void;
  /** Stops accepting, lets running requests end, sends sockets away. */
  close(): Promise<void>;
}

/** Binds host and port (0 for any free one). Throws `unavailable` when that is not possible. */
export async function listen(host: string, port: number, tls: TlsFiles | null): Promise<Listener> {
  const server = tls === null ? http.createServer() : https.createServer({ ...tls, minVersion: 'TLSv1.2' });
  server.headersTimeout = 20_000;
  // How long a body may take depends on the route: see below.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 65_000;
  let sockets: EventSockets | null = null;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new AppError('unavailable', `Cannot listen on ${host}:${port}: ${cause.message}`, { cause })));
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    serve: (app, events, dav) => {
      sockets = events;
      const answer = getRequestListener((request, env) => app.fetch(request, env as HttpBindings), { overrideGlobalObjects: false });
      const bounded = (request: http.IncomingMessage, response: http.ServerResponse): void => {
        bound(request, requestMs);
        void answer(request, response);
      };
      const any = (request: http.IncomingMessage, response: http.ServerResponse): void => {
        if (!isDav(request.url)) return bounded(request, response);
        request.socket.setTimeout(silenceMs);
        void dav(request, response);
      };
      server.on('request', any);
      // Over WebDAV a program that asks first is told before it sends its bytes.
      server.on('checkContinue', (request: http.IncomingMessage, response: http.ServerResponse) => {
        if (!isDav(request.url)) response.writeContinue();
        any(request, response);
      });
      server.on('upgrade', (request, socket, head) => events.upgrade(request, socket, head));
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      sockets?.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), patienceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}
