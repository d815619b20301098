import WebSocket from 'ws';
import { eventProtocol, parseServerEvent, type ServerEvent } from '#shared/contract/events.ts';
import type { RawClient } from './raw-client.ts';

/** An event socket, written against the wire format alone. */
export interface Listener {
  readonly socket: WebSocket;
  readonly events: ServerEvent[];
  readonly closed: Promise<number>;
  /** Resolves with the first event, old or new, that `is` is true of. */
  until(is: (event: ServerEvent) => boolean): Promise<ServerEvent>;
}

export function listenTo(url: string, protocols: string[], headers: Record<string, string> = {}): Listener {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/events`, protocols, { headers });
  const events: ServerEvent[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    const event = parseServerEvent((data as Buffer).toString('utf8'));
    if (event !== null) events.push(event);
    for (const look of waiting) look();
  });
  socket.on('error', () => undefined);
  const closed = new Promise<number>((resolve) => void socket.on('close', resolve));
  const until = (is: (event: ServerEvent) => boolean): Promise<ServerEvent> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = events.find(is);
        if (found === undefined) return;
        waiting.delete(look);
        clearTimeout(timer);
        resolve(found);
      };
      const timer = setTimeout(() => reject(new Error(`No such event among ${JSON.stringify(events)}`)), 5_000);
      waiting.add(look);
      look();
    });
  return { socket, events, closed, until };
}

export const ofType = (type: ServerEvent['type']) => (event: ServerEvent) => event.type === type;

/** The socket of somebody who is logged in, once it said hello. */
export async function listenAs(client: RawClient, headers: Record<string, string> = {}): Promise<Listener> {
  const reply = await client.call('session.ticket', {}, headers);
  const { ticket } = reply.body.value as { ticket: string };
  const listener = listenTo(client.url, [eventProtocol, `ticket.${ticket}`], { 'x-hikyaku-version': client.version, ...headers });
  await listener.until(ofType('hello'));
  return listener;
}
