import type { Clock } from '#shared/base/clock.ts';
import { AppError } from '#shared/base/errors.ts';
import { failure, type Reply } from '#shared/contract/operation.ts';
import { joinPort, type Peer, type Port } from '#shared/contract/port.ts';
import type { HostEvent } from '#shared/contract/host.ts';

/** A running agent, however it was started. */
export interface AgentProcess {
  readonly port: Port;
  readonly pid: () => number | undefined;
  onExit(listener: (code: number) => void): void;
  /** Ends it without asking. */
  kill(): void;
}

/** `given_up`: it ended three times within a minute; nothing is started again until a person asks. */
export type AgentState = 'stopped' | 'running' | 'restarting' | 'given_up' | 'stopping';

const crashWindowMs = 60_000;
const mostCrashes = 3;
const firstDelayMs = 200;

interface SupervisorOptions {
  readonly fork: () => AgentProcess;
  readonly answer: (name: string, input: unknown) => Promise<Reply>;
  readonly onEvent: (event: unknown) => void;
  readonly onState: (state: AgentState) => void;
  readonly report: (error: unknown) => void;
  readonly clock: Clock;
}

/** Keeps the agent running: starts it, joins its port, restarts it after a crash with growing delay, ends it in order. */
export class AgentSupervisor {
  readonly #options: SupervisorOptions;
  #state: AgentState = 'stopped';
  #process: AgentProcess | null = null;
  #peer: Peer | null = null;
  #crashes: number[] = [];
  #waiting: ((peer: Peer | null) => void)[] = [];
  #ended: () => void = () => undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get state(): AgentState {
    return this.#state;
  }

  /** Starts the agent; also the way back after it was given up. */
  start(): void {
    if (this.#state === 'running' || this.#state === 'stopping') return;
    if (this.#state === 'given_up') this.#crashes = [];
    const { fork, answer, onEvent } = this.#options;
    const started = fork();
    this.#process = started;
    this.#peer = joinPort(started.port, answer, onEvent);
    started.onExit((code) => this.#exited(started, code));
    this.#become('running');
    this.#release(this.#peer);
  }

  /** Calls an operation of the agent. While it restarts, calls wait for it; those under way when it ended fail with `unavailable`. */
  async send(name: string, input: unknown): Promise<unknown> {
    const peer = this.#state === 'restarting' ? await new Promise<Peer | null>((resolve) => this.#waiting.push(resolve)) : this.#peer;
    return peer === null ? failure(new AppError('unavailable', 'The agent is not running')) : peer.send(name, input);
  }

  /** Tells the agent something; nobody is told when it is not running, since it reads the present state when it starts. */
  tell(event: HostEvent): void {
    this.#peer?.emit(event);
  }

  /** Asks the agent to end and waits at most `patienceMs`, then ends it. */
  async stop(patienceMs: number): Promise<void> {
    const running = this.#process;
    this.#become('stopping');
    this.#release(null);
    if (running === null) return this.#become('stopped');
    const ended = new Promise<void>((resolve) => (this.#ended = resolve));
    this.tell({ type: 'stop' });
    const cancel = this.#options.clock.after(patienceMs, () => {
      running.kill();
      this.#ended();
    });
    await ended;
    cancel();
    this.#become('stopped');
  }

  #exited(which: AgentProcess, code: number): void {
    if (this.#process !== which) return;
    const { clock, report } = this.#options;
    this.#peer?.close('The agent ended');
    this.#peer = null;
    this.#process = null;
    if (this.#state === 'stopping') return this.#ended();
    report(new Error(`The agent ended with code ${code}`));
    const now = clock.monotonic();
    this.#crashes = [...this.#crashes.filter((at) => now - at < crashWindowMs), now];
    if (this.#crashes.length >= mostCrashes) {
      this.#become('given_up');
      this.#release(null);
      return;
    }
    this.#become('restarting');
    clock.after(firstDelayMs * 4 ** (this.#crashes.length - 1), () => {
      if (this.#state === 'restarting') this.start();
    });
  }

  #release(peer: Peer | null): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(peer);
  }

  #become(state: AgentState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}
