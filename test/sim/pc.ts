import Sqlite from 'better-sqlite3-multiple-ciphers';
import { defaultPolicy } from '#shared/model/policy.ts';
import type { FileSystem } from '../../electron/agent/sync/file-system.ts';
import { RootEngine } from '../../electron/agent/sync/root-engine.ts';
import type { WatchListener } from '../../electron/agent/sync/watch.ts';
import { runTask, type TaskResults, type WorkerTask } from '../../electron/agent/sync/worker-tasks.ts';
import type { Workshop } from '../../electron/agent/sync/workshop.ts';
import { openDatabase, type Database } from '../../electron/agent/store/database.ts';
import { SimDisk } from './disk.ts';
import { fileError, type DiskTraits } from './disk-nodes.ts';
import { simFiles, type Call } from './files.ts';
import { SimLine } from './net.ts';
import type { Random } from './random.ts';
import type { SimServer } from './server.ts';
import { epoch, type SimTime } from './time.ts';

/** What happens to hints of the disk on their way. */
export interface WatchFaults {
  readonly dropped: number;
  readonly doubled: number;
  readonly wrong: number;
  readonly silent: boolean;
}
export const goodWatching: WatchFaults = { dropped: 0, doubled: 0, wrong: 0, silent: false };

/** How often calls to the disk fail; and which, if not any. */
export interface DiskFaults {
  readonly chance: number;
  readonly codes: readonly string[];
  readonly paths: (path: string, call: Call['name']) => boolean;
}
export const goodDisk: DiskFaults = { chance: 0, codes: [], paths: () => true };

export interface PcOptions {
  readonly name: string;
  readonly traits: DiskTraits;
  readonly skew: number;
  readonly time: SimTime;
  readonly random: Random;
  readonly server: SimServer;
  /** Before and after each call of the engine's to its disk. */
  readonly before: (pc: SimPc, call: Call) => void;
  readonly after: (pc: SimPc, call: Call) => void;
}

/** The process has ended; whatever it still tries comes to nothing. */
class Dead extends Error {
  override readonly name = 'Dead';
}

/** A part of the database's interface that only simulations use. */
const imageOf = (database: Database): Buffer => (database as unknown as { serialize: () => Buffer }).serialize();
const fromImage = (image: Buffer): Database => new (Sqlite as unknown as new (image: Buffer) => Database)(image);
const databaseKey = new Uint8Array(32);

/** One computer: a disk, a line, and the real engine, which can be killed at any call and started again on what it left. */
export class SimPc {
  readonly name: string;
  readonly folder = '/synced';
  readonly disk: SimDisk;
  readonly line: SimLine;
  readonly files: FileSystem;
  readonly bugs: unknown[] = [];
  diskFaults: DiskFaults = goodDisk;
  watchFaults: WatchFaults = goodWatching;
  engine: RootEngine | null = null;
  /** Calls of the engine to its disk, ever. */
  calls = 0;
  /** Files whose removal the disk refused at least once. */
  readonly notRemoved = new Set<string>();
  /** Ends the process at so many calls from now. */
  crashIn: { calls: number; power: boolean } | null = null;
  readonly #options: PcOptions;
  readonly #databases = new Map<string, Database>();
  /** What is safe in a power cut: as it was when the last changes were sent. */
  #safe = new Map<string, Buffer>();
  /** The last transaction was flushed, and is not known to be safe yet. */
  #isDurable = false;
  #generation = 0;
  #lockedBy = 0;

  constructor(options: PcOptions) {
    this.#options = options;
    const { name, traits, random, time, server, skew } = options;
    this.name = name;
    let tick = 0n;
    const nowNs = (): bigint => BigInt(epoch + skew) * 1_000_000n + BigInt(Math.floor(time.now * 1_000)) * 1_000n + ((tick += 1n) % 1_000n);
    this.disk = new SimDisk(traits, random.fork(), nowNs);
    this.disk.mkdir(this.folder);
    this.disk.flushAll();
    this.line = new SimLine(server, time, random.fork(), name);
    this.files = this.#filesOf(0);
  }

  get isRunning(): boolean {
    return this.engine !== null;
  }
  get skew(): number {
    return this.#options.skew;
  }

  start(): void {
    this.#generation += 1;
    const generation = this.#generation;
    const alive = (): boolean => generation === this.#generation;
    const { time, server, random, skew, name } = this.#options;
    const files = this.#filesOf(generation);
    const bytes = random.fork();
    const record = {
      rootId: `root-${name}`,
      spaceId: server.spaceId,
      spaceName: 'Drive',
      topId: server.rootId,
      folder: this.folder,
      paused: false,
    };
    this.engine = new RootEngine(record, {
      account: {
        accountId: name,
        transport: this.line.transport(alive, (asked) => (asked === 'drive.mutate' ? this.#rememberSafe() : undefined)),
        deviceName: name,
        policy: () => defaultPolicy,
        openDatabase: (database) => this.#database(database),
        watch: () => () => undefined,
      },
      host: {
        clock: time.clock(skew, alive),
        disk: { files, lockRoot: () => this.#lock(generation) },
        random: (sizeBytes) => bytes.bytes(sizeBytes),
        report: (error) => this.#report(error, alive),
      },
      workshop: this.#workshop(files, alive),
      watch: (_root, listener) => Promise.resolve(this.#watch(listener, alive)),
      onChange: () => undefined,
    });
    this.engine.start();
    time.note(`${name} starts`);
  }

  /** Ends the process as it is; with `power`, what was not flushed is lost too. */
  crash(power: boolean): void {
    if (this.engine === null) return;
    this.#options.time.note(`${this.name} ${power ? 'loses power' : 'is killed'}`);
    const images = new Map<string, Buffer>();
    for (const [name, database] of this.#databases) {
      // What was not committed is gone with the process.
      if (database.inTransaction) database.exec('ROLLBACK');
      images.set(name, imageOf(database));
    }
    this.#generation += 1;
    this.#lockedBy = 0;
    this.engine = null;
    this.crashIn = null;
    this.disk.onChange = () => undefined;
    const kept = power && this.#options.random.chance(0.5) ? this.#safe : images;
    this.#databases.clear();
    for (const [name, image] of kept) {
      const database = fromImage(image);
      this.#databases.set(name, database);
      this.#hearDurable(database);
    }
    if (power) this.disk.powerCut();
    else this.disk.closeAll();
  }
  /** The engine forgets everything, as when its database was lost. */
  loseDatabase(): void {
    this.crash(false);
    this.#databases.clear();
    this.#safe.clear();
  }

  #database(name: string): Database {
    let database = this.#databases.get(name);
    if (database === undefined) {
      database = openDatabase(null, databaseKey);
      this.#databases.set(name, database);
      this.#hearDurable(database);
    }
    return database;
  }
  /** What is committed while the database is told to flush is safe from then on. */
  #hearDurable(database: Database): void {
    const pragma = database.pragma.bind(database);
    let isDurable = false;
    database.pragma = (text, options) => {
      if (isDurable && text === 'synchronous = NORMAL') this.#rememberSafe();
      if (text.startsWith('synchronous = ')) isDurable = text.endsWith('FULL');
      this.#isDurable = isDurable;
      return pragma(text, options);
    };
  }
  #rememberSafe(): void {
    if ([...this.#databases.values()].some(({ inTransaction }) => inTransaction)) return;
    this.#safe = new Map([...this.#databases].map(([name, database]) => [name, imageOf(database)]));
  }
  #lock(generation: number): (() => void) | null {
    if (this.#lockedBy !== 0 && this.#lockedBy !== generation) return null;
    this.#lockedBy = generation;
    return () => (this.#lockedBy = 0);
  }

  #report(error: unknown, alive: () => boolean): void {
    const code = (error as { code?: string } | null)?.code;
    const isInjected = error instanceof Dead || (error instanceof Error && error.message.includes('simulated'));
    if (alive() && !isInjected) this.bugs.push(error);
    else if (code !== undefined) this.#options.time.note(`${this.name} reports ${code}`);
  }

  #filesOf(generation: number): FileSystem {
    const { time, random } = this.#options;
    const alive = (): boolean => generation === this.#generation;
    return simFiles(this.disk, {
      before: (call) => {
        if (!alive()) throw new Dead('The process has ended');
        this.calls += 1;
        if (this.#isDurable && call.changes) {
          this.#isDurable = false;
          this.#rememberSafe();
        }
        if (call.changes) time.note(`${this.name} ${call.name} ${call.path} ${call.target ?? ''}`);
        this.#options.before(this, call);
        if (this.crashIn !== null && (this.crashIn.calls -= 1) < 0) this.crash(this.crashIn.power);
        if (!alive()) throw new Dead('The process has ended');
        const { chance, codes, paths } = this.diskFaults;
        if (chance > 0 && random.chance(chance) && paths(call.path, call.name)) {
          const code = random.pick(codes);
          if (call.name === 'unlink') this.notRemoved.add(call.path);
          time.note(`${this.name} ${call.name} fails: ${code}`);
          throw fileError(code, call.path);
        }
      },
      after: (call) => this.#options.after(this, call),
      later: () => time.pause(random.unit() * 2, alive),
    });
  }

  #workshop(files: FileSystem, alive: () => boolean): Workshop {
    const run = async <K extends WorkerTask['kind']>(task: Extract<WorkerTask, { kind: K }>): Promise<TaskResults[K]> => {
      const { time, random } = this.#options;
      await time.pause(random.unit() * 3, alive);
      const result = runTask(task, files) as TaskResults[K];
      await time.pause(random.unit() * 3, alive);
      return result;
    };
    return {
      scan: (root, folders) => run<'scan'>({ kind: 'scan', root, folders }),
      changes: (root, known) => run<'changes'>({ kind: 'changes', root, known }),
      pack: (list) => run<'pack'>({ kind: 'pack', files: list }),
      cut: (start) => run<'cut'>({ kind: 'cut', start }),
      read: (path) => run<'read'>({ kind: 'read', path }),
      close: () => Promise.resolve(),
    };
  }

  /** Tells of changes as watchers do: late, doubled, for the wrong folder, or not at all. */
  #watch(listener: WatchListener, alive: () => boolean): { close: () => Promise<void> } {
    const { time, random } = this.#options;
    this.disk.onChange = (path) => {
      const { dropped, doubled, wrong, silent } = this.watchFaults;
      if (silent || !path.startsWith(`${this.folder}/`) || path.startsWith(`${this.folder}/.hikyaku-sync`)) return;
      const inside = path.slice(this.folder.length + 1);
      const folder = inside.includes('/') ? inside.slice(0, inside.lastIndexOf('/')) : '';
      for (let times = random.chance(doubled) ? 2 : 1; times > 0; times -= 1) {
        if (random.chance(dropped)) continue;
        const isDoubt = random.chance(wrong);
        time.after(random.unit() * 60, () => {
          if (!alive()) return;
          if (isDoubt) listener.doubt(random.chance(0.5) ? 'overflow' : 'error');
          else listener.hint([random.chance(wrong) ? `${folder}/not-there` : folder]);
        });
      }
    };
    return { close: () => Promise.resolve() };
  }
}
