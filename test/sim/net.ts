import { AppError } from '#shared/base/errors.ts';
import type { Transport } from '#shared/client/transport.ts';
import type { Random } from './random.ts';
import type { SimServer } from './server.ts';
import type { SimTime } from './time.ts';

/** How bad a line is, as probabilities per request. */
export interface LineFaults {
  readonly lostRequest: number;
  readonly lostAnswer: number;
  readonly doubled: number;
  readonly refused: number;
  readonly slowMilliseconds: number;
}
export const goodLine: LineFaults = { lostRequest: 0, lostAnswer: 0, doubled: 0, refused: 0, slowMilliseconds: 5 };

/** What went over a line, as a test looks at it. */
export interface LineUse {
  requests: number;
  mutations: number;
  packs: number;
  chunksDown: number;
}

/** One computer's line to the simulated server: slow, lossy, doubling, out of order, or cut. */
export class SimLine {
  faults: LineFaults = goodLine;
  isCut = false;
  readonly use: LineUse = { requests: 0, mutations: 0, packs: 0, chunksDown: 0 };
  readonly #server: SimServer;
  readonly #time: SimTime;
  readonly #random: Random;
  readonly #name: string;

  constructor(server: SimServer, time: SimTime, random: Random, name: string) {
    this.#server = server;
    this.#time = time;
    this.#random = random;
    this.#name = name;
  }

  /** `alive` ends with the process: answers to a dead one never come. */
  transport(alive: () => boolean, beforeSending: (name: string) => void = () => undefined): Transport {
    const carry = <T>(name: string, work: () => T): Promise<T> => {
      beforeSending(name);
      return this.#carry(name, alive, work);
    };
    return {
      url: 'https://simulated',
      call: (name, input) => {
        if (name === 'drive.mutate') this.use.mutations += (input as { mutations: unknown[] }).mutations.length;
        return carry(name, () => this.#server.call(name, input));
      },
      events: () => () => undefined,
      sendPack: (pack) => {
        this.use.packs += 1;
        return carry('pack', () => this.#server.takePack(pack));
      },
      readChunks: (hashes) => this.#chunks(() => carry('chunks', () => this.#server.readChunks(hashes)), alive),
      // eslint-disable-next-line require-yield -- the engine never asks for it
      readBytes: async function* () {
        throw new AppError('not_found', 'No bytes but chunks');
      },
    };
  }

  async *#chunks(ask: () => Promise<ReturnType<SimServer['readChunks']>>, alive: () => boolean) {
    for (const chunk of this.#random.shuffle(await ask())) {
      await this.#time.pause(this.#delay() / 4, alive);
      if (this.isCut || this.#random.chance(this.faults.lostAnswer)) throw lost();
      this.use.chunksDown += 1;
      yield chunk;
    }
  }

  #delay(): number {
    return 1 + this.#random.unit() * this.faults.slowMilliseconds;
  }

  async #carry<T>(name: string, alive: () => boolean, work: () => T): Promise<T> {
    const { lostRequest, lostAnswer, doubled, refused } = this.faults;
    this.use.requests += 1;
    this.#time.note(`${this.#name} asks ${name}`);
    await this.#time.pause(this.#delay(), alive);
    if (this.isCut || this.#random.chance(lostRequest)) throw lost();
    if (this.#random.chance(refused)) {
      throw this.#random.chance(0.5)
        ? new AppError('rate_limited', 'Too many requests')
        : new AppError('unavailable', 'The server is busy');
    }
    const answer = work();
    // A copy of the request that took another way comes later, out of order.
    if (this.#random.chance(doubled)) this.#time.after(this.#delay() * 20, () => attempt(work));
    await this.#time.pause(this.#delay(), alive);
    if (this.isCut || this.#random.chance(lostAnswer)) throw lost();
    this.#time.note(`${this.#name} hears ${name}`);
    return answer;
  }
}

const lost = (): AppError => new AppError('unavailable', 'No answer came');

function attempt(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}
