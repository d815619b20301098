import { randomUUID } from 'node:crypto';
import type { Mutation } from '#shared/model/drive.ts';
import { encodePack } from '#shared/contract/pack.ts';
import type { FileSystem } from '../../electron/agent/sync/file-system.ts';
import { fileError, plainTraits, type DiskTraits } from '../sim/disk-nodes.ts';
import { simFiles, type Call } from '../sim/files.ts';
import { checkQuiet, checkRest } from '../sim/invariants.ts';
import { Random } from '../sim/random.ts';
import { World } from '../sim/world.ts';
import { diskTree, hashesOf, serverTrees, sha256, type Ended, type ServerNode } from './judge.ts';

/** What goes wrong, and at which moment, counted from when people have acted. A moment: before or after a change of the disk, a question to the server, a commit there. */
export type Mishap =
  | { readonly kind: 'crash'; readonly moment: number; readonly power: boolean }
  /** A call to the disk, looks included, fails once. */
  | { readonly kind: 'errno'; readonly call: number; readonly code: string };

/** A simulated computer and server on which one small story is played, with the real engine. */
export class Stage {
  readonly world: World;
  /** The person's hands on the disk. */
  readonly files: FileSystem;
  readonly top: string;
  /** Moments and calls that there were since `act`. */
  moments = 0;
  calls = 0;
  readonly names: string[] = [];
  /** For tests that act in the middle of the engine's work. */
  onCall: (call: Call) => void = () => undefined;
  onDone: (call: Call) => void = () => undefined;
  /** The call before the present one. */
  last: Call | null = null;
  onAsk: (asked: string) => void = () => undefined;
  onCommit: (mutation: Mutation) => void = () => undefined;
  #failing: { which: (call: Call) => boolean; until: number } | null = null;
  readonly #asked = { mutations: [] as Mutation[], sent: new Set<string>(), read: new Set<string>() };
  readonly commits: Mutation[] = [];
  /** Texts that somebody else brought to the server. */
  readonly brought = new Set<string>();
  #mishaps: Mishap[] = [];
  #acting = false;

  constructor(seed: number, texts: readonly string[], traits: DiskTraits = plainTraits) {
    this.world = new World(new Random(seed), [{ traits, skew: 0 }]);
    this.files = simFiles(this.pc.disk);
    this.top = this.pc.folder;
    for (const text of texts) this.world.tokens.states.add(text);
    this.#listen();
  }

  get pc() {
    return this.world.pcs[0]!;
  }
  get nodes(): ServerNode[] {
    return [...this.world.server.nodes.values()];
  }
  /** The server's nodes below each folder of the root. */
  get trees() {
    return serverTrees(this.nodes, this.world.server.rootId);
  }

  #listen(): void {
    const { world, pc } = this;
    const { line, name } = pc;
    const open = line.transport.bind(line);
    line.transport = (alive, before) => {
      const transport = open(alive, (asked) => {
        before?.(asked);
        if (!this.#acting) return;
        this.onAsk(asked);
        this.#moment(`${name} asks ${asked}`);
      });
      return {
        ...transport,
        call: (asked, input) => {
          if (asked === 'drive.mutate') this.#asked.mutations.push(...(input as { mutations: Mutation[] }).mutations);
          return transport.call(asked, input);
        },
        sendPack: (pack, signal) => {
          this.#asked.sent.add(Buffer.from(pack).toString('latin1'));
          return transport.sendPack(pack, signal);
        },
        readChunks: (hashes, options) => {
          for (const hash of hashes) this.#asked.read.add(hash);
          return transport.readChunks(hashes, options);
        },
      };
    };
    const committed = world.server.onCommit;
    world.server.onCommit = (mutation, node) => {
      committed(mutation, node);
      if (!this.#acting) return;
      this.commits.push(mutation);
      this.onCommit(mutation);
      this.#moment(`commit ${mutation.kind}`);
    };
    world.watchCalls = (_pc, call) => {
      if (!this.#acting) return;
      this.calls += 1;
      this.onCall(call);
      this.last = call;
      if (this.#failing?.which(call) === true && world.time.now < this.#failing.until) throw fileError('EACCES', call.path);
      const failing = this.#mishaps.find((mishap) => mishap.kind === 'errno' && mishap.call === this.calls);
      // No system says of a file that is there and is to be removed that it is not.
      const isLie = failing?.kind === 'errno' && failing.code === 'ENOENT' && /unlink|rmdir/.test(call.name);
      if (failing?.kind === 'errno' && !isLie) throw fileError(failing.code, call.path);
      if (call.changes) this.#moment(`before ${call.name} ${call.target ?? call.path}`);
    };
    world.watchDone = (_pc, call) => {
      if (!this.#acting) return;
      this.onDone(call);
      this.#moment(`after ${call.name} ${call.target ?? call.path}`);
    };
  }

  #moment(name: string): void {
    this.moments += 1;
    this.names.push(name);
    const ending = this.#mishaps.find((mishap) => mishap.kind === 'crash' && mishap.moment === this.moments);
    if (ending?.kind !== 'crash' || !this.pc.isRunning) return;
    this.pc.crash(ending.power);
    this.world.time.after(500, () => (this.pc.isRunning ? undefined : this.pc.start()));
  }

  /** From now on, for so many milliseconds, such calls fail. */
  failWhile(which: (call: Call) => boolean, milliseconds: number): void {
    this.#failing = { which, until: this.world.time.now + milliseconds };
  }
  /** Starts the engine and looks at what it has done after a while, in step or not. */
  async playFor(milliseconds: number): Promise<string[]> {
    this.#acting = true;
    this.pc.start();
    await this.world.time.run(this.world.time.now + milliseconds);
    this.#acting = false;
    return [...this.world.violations];
  }

  /** Lets the engine bring both in step, and ends its process. */
  async agree(): Promise<void> {
    this.pc.start();
    await this.world.rest(true);
    this.pc.disk.flushAll();
    this.pc.crash(false);
  }
  /** Brings contents to the server, and does there what somebody else did. */
  actThere(texts: readonly string[], mutations: readonly Mutation[]): void {
    const { server } = this.world;
    const needed = new Set(mutations.flatMap((mutation) => ('content' in mutation ? [mutation.content.contentHash] : [])));
    for (const text of texts) if (needed.has(sha256(text))) this.brought.add(text);
    server.takePack(encodePack([...this.brought].map((text) => ({ hash: sha256(text), bytes: Buffer.from(text) }))));
    for (const mutation of mutations) {
      const result = server.mutate(mutation);
      if (result.kind !== 'applied') throw new Error(`The other person could not: ${JSON.stringify([mutation, result])}`);
    }
  }

  /** Starts the engine after people have acted, lets things go wrong, and waits until all is in step. Returns what promises were broken. */
  async play(mishaps: readonly Mishap[]): Promise<string[]> {
    this.#asked.mutations.length = 0;
    this.#asked.sent.clear();
    this.#asked.read.clear();
    this.#mishaps = [...mishaps];
    this.#acting = true;
    this.pc.disk.flushAll();
    this.pc.start();
    await this.world.rest(true);
    this.#acting = false;
    const { world } = this;
    if (world.violations.length === 0) checkRest(world);
    if (world.violations.length === 0) await checkQuiet(world, 'all is at rest');
    return [...world.violations];
  }

  /** How a folder of the root ended. `counted`: whether what was asked is compared. */
  ended(folder: string, counted: boolean): Ended {
    const packs = [...this.#asked.sent].join('');
    const sent = { has: (hash: string) => packs.includes(Buffer.from(hash, 'hex').toString('latin1')) } as ReadonlySet<string>;
    return {
      disk: diskTree(this.files, folder === '' ? this.top : `${this.top}/${folder}`, (name) => name === '.hikyaku-sync'),
      server: hashesOf(this.trees.get(folder) ?? new Map()),
      asked: counted ? { mutations: this.#asked.mutations, sent, read: this.#asked.read } : null,
    };
  }
}
export const newId = (): string => randomUUID();
