import WebSocket from 'ws';
import { AppError } from '#shared/base/errors.ts';
import { eventProtocol, parseServerEvent, type ServerEvent } from '#shared/contract/events.ts';
import type { NodeHttp } from './http.ts';

export interface SocketOptions {
  readonly serverUrl: string;
  readonly ticket: string;
  readonly version: string;
  readonly http: Pick<NodeHttp, 'agentFor'>;
}

/** Opens the event socket with a single-use ticket. `onClosed` is called once, whether it opened or not. */
export function openSocket(
  options: SocketOptions,
  on: { event(event: ServerEvent): void; open(): void; closed(error: AppError): void },
): () => void {
  const url = new URL('/api/events', options.serverUrl);
  const agent = options.http.agentFor(url);
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url, [eventProtocol, `ticket.${options.ticket}`], {
    agent,
    headers: { 'x-hikyaku-version': options.version },
    maxPayload: 1_048_576,
    handshakeTimeout: 20_000,
  });
  let over = false;
  const closed = (cause?: unknown) => {
    if (over) return;
    over = true;
    on.closed(new AppError('unavailable', 'The event socket is closed', { cause }));
  };
  socket.on('open', () => on.open());
  socket.on('message', (data, isBinary) => {
    if (isBinary || over) return;
    const event = parseServerEvent((data as Buffer).toString('utf8'));
    if (event !== null) on.event(event);
  });
  socket.on('error', closed);
  socket.on('close', () => closed());
  return () => {
    over = true;
    socket.terminate();
  };
}
