import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { AppError, errorCodes } from '#shared/base/errors.ts';
import { eventProtocol, type ServerEvent } from '#shared/contract/events.ts';
import { failure } from '#shared/contract/operation.ts';
import { deny } from '#shared/model/decision.ts';
import { denial } from '#shared/policy/denial.ts';
import type { RequestContext, Services } from '../context.ts';
import type { RequestFacts, Sessions } from '../identity/sessions.ts';
import type { Tickets } from '../identity/tickets.ts';
import type { Authentication, RequestHead } from './authenticate.ts';
import { concerns, eventRounds } from './event-rounds.ts';
import { EventSocket } from './event-socket.ts';
import type { Origins } from './origins.ts';

const eventsPath = '/api/events';
/** Often enough for the idle limits of usual proxies. In milliseconds. */
const pingMs = 25_000;
const ticketPrefix = 'ticket.';
/** Pages cannot add headers to an upgrade, so their version stands among the subprotocols. */
const versionPrefix = 'version.';

export interface EventOptions {
  readonly authentication: Authentication;
  readonly sessions: Pick<Sessions, 'admit' | 'judge' | 'judgeAll'>;
  readonly tickets: Pick<Tickets, 'take'>;
  readonly origins: Origins;
  /** Where everything stands for this member: the first frame of a socket. */
  readonly hello: (context: RequestContext) => Promise<Extract<ServerEvent, { type: 'hello' }>>;
}

export interface EventSockets {
  /** Takes the upgrade requests of the HTTP server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sends everybody away, who then come back to the next server. */
  close(): void;
}

/** The sockets over which hints go out, each judged again whenever rules, accounts or sessions change, and with each ping. */
export function eventSockets({ bus, clock, log }: Pick<Services, 'bus' | 'clock' | 'log'>, options: EventOptions): EventSockets {
  const { authentication, sessions, tickets, origins, hello } = options;
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: 4_096,
    handleProtocols: () => eventProtocol,
  });
  const open = new Set<EventSocket>();

  const rounds = eventRounds(open, sessions, log);

  const unsubscribe = bus.subscribe((hint) => {
    const { event } = hint;
    if (event.type === 'policy.changed' || event.type === 'directory.changed') rounds.deliver(hint);
    else {
      for (const socket of open) {
        if (!concerns(hint, socket)) continue;
        if (event.type === 'session.ended') socket.end(event.reason);
        else socket.send(event);
      }
    }
  });

  let cancelPing = (): void => undefined;
  const pingAll = (): void => {
    const tenants = Map.groupBy(open, ({ tenantId }) => tenantId);
    for (const [tenantId, sockets] of tenants) {
      void rounds.judge(tenantId, sockets).then((allowed) => {
        for (const socket of allowed) socket.ping();
      });
    }
    cancelPing = clock.after(pingMs, pingAll);
  };
  cancelPing = clock.after(pingMs, pingAll);

  const admit = async (request: IncomingMessage): Promise<{ context: RequestContext; facts: RequestFacts }> => {
    const head = headOf(request);
    if (head.path !== eventsPath) throw new AppError('not_found', 'There is no socket here');
    const protocols = (head.header('sec-websocket-protocol') ?? '').split(',').map((protocol) => protocol.trim());
    if (!protocols.includes(eventProtocol)) throw new AppError('invalid', `The subprotocol ${eventProtocol} is missing`);
    const version = protocols.find((protocol) => protocol.startsWith(versionPrefix))?.slice(versionPrefix.length);
    const said = authentication.facts(head);
    const facts = said.clientVersion === '' && version !== undefined ? { ...said, clientVersion: version.slice(0, 40) } : said;
    const ticket = protocols.find((protocol) => protocol.startsWith(ticketPrefix));
    if (ticket === undefined) {
      // A page cannot add headers to an upgrade, but its origin stands there, and only a browser of ours sends the cookie with it.
      const origin = head.header('origin');
      const own = origin !== null && origins.has(origin);
      const credentials = authentication.cookie(head, own);
      return { facts, context: await sessions.admit(credentials, facts, { kind: 'call', access: 'member' }) };
    }
    const taken = await tickets.take(ticket.slice(ticketPrefix.length));
    if (taken === null) throw denial(deny('session_missing', 'ACC-42'));
    return { facts, context: await sessions.judge(taken.tenantId, taken.sessionId, facts) };
  };

  const connected = async (socket: EventSocket, context: RequestContext): Promise<void> => {
    open.add(socket);
    socket.onClosed(() => open.delete(socket));
    try {
      socket.greet(await hello(context));
      // The session may have ended between the first look and the place in the list.
      await rounds.judge(socket.tenantId, [socket]);
    } catch (error) {
      log.error({ error }, 'A socket could not be greeted');
      socket.drop();
    }
  };

  return {
    upgrade: (request, stream, head) => {
      stream.on('error', () => stream.destroy());
      admit(request).then(
        ({ context, facts }) =>
          server.handleUpgrade(request, stream, head, (socket) => {
            void connected(new EventSocket(socket, context, facts), context);
          }),
        (error: unknown) => {
          const known = AppError.from(error);
          if (known.code === 'internal') log.error({ error }, 'An upgrade failed');
          refuse(stream, known);
        },
      );
    },
    close: () => {
      unsubscribe();
      cancelPing();
      for (const socket of open) socket.leave();
      server.close();
    },
  };
}

function headOf(request: IncomingMessage): RequestHead {
  const header = (name: string): string | null => {
    const value = request.headers[name];
    return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value;
  };
  return { method: 'GET', path: (request.url ?? '').split('?', 1)[0]!, header, peer: request.socket.remoteAddress };
}

function refuse(stream: Duplex, error: AppError): void {
  const body = JSON.stringify(failure(error));
  const status = errorCodes[error.code].status;
  const head = `HTTP/1.1 ${status} ${error.code}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
  stream.end(`${head}\r\n\r\n${body}`);
}
