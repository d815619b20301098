import { AppError, reasonOf } from '#shared/base/errors.ts';
import type { ServerEvent } from '#shared/contract/events.ts';
import type { Send } from '#shared/contract/operation.ts';
import type { Connection as ConnectionState } from '#shared/contract/workspace.ts';
import { failureOf, type ClientHost } from './context.ts';
import { lockReasons, passingReasons } from './lock-reasons.ts';
import { replyFailure } from './reply-failure.ts';
import type { Transport } from './transport.ts';

const firstDelayMs = 500;
const longestDelayMs = 60_000;
/** Whoever is locked out watches the screen for the moment when the rule no longer holds: they hear of it soon. */
const longestLockedDelayMs = 10_000;
/** A nudge leaves an attempt alone that began this lately. */
const freshMs = 3_000;
/** The server says something at least every half minute; silence this long means the line is dead. */
const silenceMs = 75_000;
export interface ConnectionOptions {
  readonly transport: Transport;
  readonly host: Pick<ClientHost, 'clock' | 'random'>;
  onEvent(event: ServerEvent): void;
  onState(state: ConnectionState, lockReason: string | null): void;
  /** The session is over. */
  onEnded(reason: string): void;
}

/** Keeps one socket open and knows, from real answers only, how things stand with the server. */
export class Connection {
  readonly #options: ConnectionOptions;
  #state: ConnectionState = 'connecting';
  /** Why it is in that state, where a rule put it there. */
  #reason: string | null = null;
  /** What that rule was about, as far as an answer said it: an address, a version. */
  #subject: string | null = null;
  #lastAnswerAt: number | null = null;
  #attempt = 0;
  #triedAt = 0;
  #running = false;
  #closeSocket = () => {};
  #cancelTimer = () => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get subject(): string | null {
    return this.#subject;
  }

  /** When the server last answered anything, epoch milliseconds. */
  get lastAnswerAt(): number | null {
    return this.#lastAnswerAt;
  }

  start(): void {
    this.#running = true;
    this.#connect();
  }

  stop(): void {
    this.#running = false;
    this.#cancelTimer();
    this.#closeSocket();
  }

  /** Something says that the network may be different now (a wake-up, a new address, a person who waits): look at once. */
  nudge(): void {
    this.#attempt = 0;
    if (!this.#running || this.#isTrying()) return;
    if (this.#state === 'online') void this.send('policy.mine', {}).catch(() => {});
    else this.#connect();
  }

  /** Calls the server and learns from what comes back. */
  readonly send: Send = async (name, input) => {
    let reply: unknown;
    try {
      reply = await this.#options.transport.call(name, input);
    } catch (cause) {
      const error = AppError.from(cause);
      if (error.code !== 'unavailable' || this.#state === 'online') this.#judge(error);
      throw error;
    }
    this.#lastAnswerAt = this.#options.host.clock.now();
    const failure = replyFailure(reply);
    if (failure !== null) this.#judge(failure);
    else if (this.#state === 'offline') this.#connect();
    return reply;
  };

  /** An attempt is under way, and young enough not to belong to the network of before. */
  #isTrying(): boolean {
    return this.#state === 'connecting' && this.#options.host.clock.monotonic() - this.#triedAt < freshMs;
  }

  #connect(): void {
    this.#triedAt = this.#options.host.clock.monotonic();
    this.#cancelTimer();
    this.#closeSocket();
    if (this.#state === 'offline') this.#set('connecting');
    this.#watch();
    this.#closeSocket = this.#options.transport.events(
      (event) => this.#heard(event),
      (state, error) => {
        if (state === 'closed') this.#lost(error ?? new AppError('unavailable', 'The socket closed'));
      },
    );
  }

  #heard(event: ServerEvent): void {
    this.#lastAnswerAt = this.#options.host.clock.now();
    this.#watch();
    if (event.type === 'hello') {
      this.#attempt = 0;
      this.#set('online');
    }
    if (event.type !== 'session.ended') this.#options.onEvent(event);
    else if (passingReasons.has(event.reason)) this.#lost(stopped(event.reason));
    else this.#options.onEnded(event.reason);
  }

  #watch(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.host.clock.after(silenceMs, () => this.#lost(new AppError('unavailable', 'The server fell silent')));
  }

  /** What a failure says about the whole account; failures of single operations say nothing. */
  #judge(error: AppError): void {
    const reason = reasonOf(error) ?? '';
    if (error.code === 'unauthenticated') this.#options.onEnded(reason === '' ? 'session_ended' : reason);
    else if (error.code === 'upgrade_required' || (error.code === 'denied' && lockReasons.has(reason))) {
      if (this.#state !== stateFor(error) || this.#reason !== (reasonOf(error) ?? null)) this.#lost(error);
    } else if (error.code === 'unavailable') this.#lost(error);
  }

  /** No line, or a locked one: says so and tries again, later each time, not all clients at once. */
  #lost(error: AppError): void {
    if (!this.#running) return;
    this.#closeSocket();
    this.#cancelTimer();
    if (error.code === 'unauthenticated') {
      this.#judge(error);
      return;
    }
    // Pulling the plug opens nothing: what a rule locked stays so until the server answers otherwise.
    const stays = this.#state === 'locked' && stateFor(error) === 'offline';
    if (!stays) this.#set(stateFor(error), reasonOf(error) ?? null, failureOf(error).subject);
    const longest = this.#state === 'locked' ? longestLockedDelayMs : longestDelayMs;
    const delay = Math.min(longest, firstDelayMs * 2 ** Math.min(this.#attempt, 16));
    this.#attempt += 1;
    const jitter = 0.5 + this.#options.host.random(1)[0]! / 510;
    this.#cancelTimer = this.#options.host.clock.after(delay * jitter, () => this.#connect());
  }

  #set(state: ConnectionState, reason: string | null = null, subject: string | null = null): void {
    // A push says only why; the answer that follows says more.
    const isSame = state === this.#state && reason === this.#reason;
    if (isSame && (subject === null || subject === this.#subject)) return;
    this.#state = state;
    this.#reason = reason;
    this.#subject = subject;
    this.#options.onState(state, reason);
  }
}

/** What the gate would answer to a call now. */
const stopped = (reason: string): AppError =>
  new AppError(reason === 'upgrade_required' ? 'upgrade_required' : 'denied', 'A rule stops this session', { details: { reason } });

function stateFor(error: AppError): ConnectionState {
  if (error.code === 'upgrade_required') return 'upgrade_required';
  return error.code === 'denied' && lockReasons.has(reasonOf(error) ?? '') ? 'locked' : 'offline';
}
