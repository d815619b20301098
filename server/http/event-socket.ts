import type { WebSocket } from 'ws';
import type { ServerEvent } from '#shared/contract/events.ts';
import type { RequestContext } from '../context.ts';
import type { RequestFacts } from '../identity/sessions.ts';

/** What may wait to be sent to one client, in bytes. One that cannot keep up loses its socket, comes back and pulls: nothing is lost. */
const mostBufferedBytes = 1_048_576;
/** The code a socket is closed with when its session ended or a rule no longer allows it (4000–4999 are the application's). */
const endedCode = 4_001;

/** One client's open socket and the session it stands for. */
export class EventSocket {
  readonly tenantId: string;
  readonly memberId: string;
  readonly sessionId: string;
  readonly facts: RequestFacts;
  readonly #socket: WebSocket;
  /** What came before `hello` was ready; null once it was sent. */
  #early: ServerEvent[] | null = [];
  #answered = true;

  constructor(socket: WebSocket, context: RequestContext, facts: RequestFacts) {
    this.#socket = socket;
    this.tenantId = context.tenantId;
    this.memberId = context.member.id;
    this.sessionId = context.session.id;
    this.facts = facts;
    socket.on('pong', () => {
      this.#answered = true;
    });
    // Clients have nothing to say here; one that breaks the protocol is gone.
    socket.on('error', () => socket.terminate());
  }

  onClosed(listener: () => void): void {
    this.#socket.on('close', listener);
  }

  /** Always the first frame: what came meanwhile follows it. */
  greet(hello: Extract<ServerEvent, { type: 'hello' }>): void {
    const early = this.#early ?? [];
    this.#early = null;
    this.send(hello);
    for (const event of early) this.send(event);
  }

  send(event: ServerEvent): void {
    if (this.#early !== null) {
      this.#early.push(event);
      return;
    }
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > mostBufferedBytes) {
      this.#socket.terminate();
      return;
    }
    this.#socket.send(JSON.stringify({ event }));
  }

  /** Asks for a sign of life; a client that owes the last one is gone. */
  ping(): void {
    if (!this.#answered) {
      this.#socket.terminate();
      return;
    }
    this.#answered = false;
    this.#socket.ping();
    this.send({ type: 'ping' });
  }

  /** Tells the client why, then closes. */
  end(reason: string): void {
    this.#early = null;
    this.send({ type: 'session.ended', reason });
    this.#socket.close(endedCode, reason.slice(0, 100));
  }

  /** The server is going away (1001): the client comes back by itself. */
  leave(): void {
    this.#socket.close(1_001);
  }

  drop(): void {
    this.#socket.terminate();
  }
}
