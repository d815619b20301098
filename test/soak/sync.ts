import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, connect, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { inRoot } from '../../build/paths.ts';
import { Random } from '../sim/random.ts';
import { startServer, type ServerProcess } from '../support/server.ts';

const password = 'soaking the sync engine 1';
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, milliseconds));

/** A way to the server that can be cut: connections end in the middle, new ones are refused. */
class Cable {
  readonly #open = new Set<Socket>();
  readonly #server = createServer((near) => {
    if (this.isCut) return near.destroy();
    const far = connect(this.#port(), '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#open.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#open.delete(one);
        other.destroy();
      });
    }
    return undefined;
  });
  readonly #port: () => number;
  isCut = false;

  constructor(port: () => number) {
    this.#port = port;
  }
  start(): Promise<string> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(this.#server.address() as { port: number }).port}`));
    });
  }
  cut(): void {
    this.isCut = true;
    for (const socket of this.#open) socket.destroy();
  }
  close(): void {
    this.cut();
    this.#server.close();
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** One agent, as the command that people start; it can be killed at any moment and is started again on what it left. */
class Agent {
  readonly dir: string;
  readonly #args: string[];
  #child: ChildProcess | null = null;

  constructor(member: string, url: string, work: string) {
    this.dir = path.join(work, member);
    mkdirSync(this.dir);
    const state = path.join(work, `${member}-state`);
    mkdirSync(state);
    const secret = path.join(work, 'password');
    writeFileSync(secret, password);
    const login = ['--server', url, '--member', member, '--password-file', secret, '--space', '営業', '--dir', this.dir];
    this.#args = [
      inRoot('electron', 'agent', 'headless.ts'),
      'sync',
      ...login,
      '--state',
      state,
      '--key-file',
      path.join(state, 'keys.json'),
      '--json',
    ];
  }

  start(): void {
    this.#child = spawn(process.execPath, this.#args, { stdio: 'ignore' });
  }
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => void child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
  /** Runs until in step. Returns what it told, or throws with what it wrote. */
  async once(): Promise<{ conflicts: string[]; skipped: unknown[] }> {
    const child = spawn(process.execPath, [...this.#args, '--once'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, errors] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (out += text.toString()));
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    const code = await new Promise((resolve) => void child.once('exit', resolve));
    if (code !== 0) throw new Error(`An agent did not come in step (${String(code)}): ${out.slice(-1_500)} ${errors.slice(-1_500)}`);
    return JSON.parse(out.trim().split('\n').at(-1) ?? '') as { conflicts: string[]; skipped: unknown[] };
  }

  /** Hashes of everything, by path; links are not synced. */
  tree(): Map<string, string> {
    const found = new Map<string, string>();
    const visit = (folder: string, at: string): void => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.name === '.hikyaku-sync') continue;
        const below = at === '' ? entry.name : `${at}/${entry.name}`;
        const whole = path.join(folder, entry.name);
        if (entry.isDirectory()) {
          found.set(`${below}/`, '');
          visit(whole, below);
        } else if (entry.isFile()) found.set(below, createHash('sha256').update(readFileSync(whole)).digest('hex'));
      }
    };
    visit(this.dir, '');
    return found;
  }
}

const run = (dir: string, program: string, ...args: string[]): void => {
  spawnSync(program, args, { cwd: dir, stdio: 'ignore', timeout: 30_000 });
};
const git = (dir: string, ...args: string[]): void =>
  run(dir, 'git', '-c', 'user.name=soak', '-c', 'user.email=soak@example.test', ...args);

/** What people and their programs do, each in a folder of the person's own, or on a file that both have. */
class Person {
  readonly name: string;
  readonly #own: string;
  readonly #both: string;
  readonly #random: Random;
  /** Contents that this person has written last at a place of their own: they must all be there in the end. */
  readonly kept = new Map<string, string>();
  #count = 0;

  constructor(name: string, dir: string, random: Random) {
    this.name = name;
    this.#random = random;
    this.#own = path.join(dir, `of ${name}`);
    this.#both = path.join(dir, 'of both');
    for (const folder of [this.#own, this.#both]) mkdirSync(folder, { recursive: true });
  }

  act(): string {
    const acts = [
      this.#note,
      this.#note,
      this.#vim,
      this.#vim,
      this.#office,
      this.#checkout,
      this.#unpack,
      this.#install,
      this.#rename,
      this.#remove,
      this.#shared,
    ];
    const act = this.#random.pick(acts);
    act.call(this);
    return act.name.replace('#', '');
  }

  #write(file: string, text: string): void {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    this.kept.set(path.relative(this.#own, file), createHash('sha256').update(text).digest('hex'));
  }
  #file(): string {
    return path.join(this.#own, 'notes', `note-${this.#random.below(12)}.txt`);
  }
  #text(): string {
    return `${this.name} ${(this.#count += 1)} ${randomBytes(this.#random.below(3_000)).toString('hex')}`;
  }

  #note(): void {
    this.#write(this.#file(), this.#text());
  }
  /** Vim: a swap file, the old one becomes a backup, the new one takes its name, the backup goes. */
  #vim(): void {
    const file = this.#file();
    const swap = path.join(path.dirname(file), `.${path.basename(file)}.swp`);
    if (!existsSync(file)) return this.#note();
    writeFileSync(swap, 'swap');
    renameSync(file, `${file}~`);
    this.#write(file, this.#text());
    unlinkSync(`${file}~`);
    unlinkSync(swap);
  }
  /** LibreOffice: a lock file beside it, another file is written and put in its place. */
  #office(): void {
    const file = path.join(this.#own, 'office', `table-${this.#random.below(4)}.ods`);
    mkdirSync(path.dirname(file), { recursive: true });
    const lock = path.join(path.dirname(file), `.~lock.${path.basename(file)}#`);
    writeFileSync(lock, ',soak;');
    this.#write(`${file}.tmp`, this.#text());
    renameSync(`${file}.tmp`, file);
    const written = path.relative(this.#own, file);
    this.kept.set(written, this.kept.get(`${written}.tmp`)!);
    this.kept.delete(`${written}.tmp`);
    unlinkSync(lock);
  }
  /** A real repository: commits, branches, and checkouts that change many files at once. */
  #checkout(): void {
    const dir = path.join(this.#own, 'repository');
    if (!existsSync(path.join(dir, '.git'))) {
      mkdirSync(dir, { recursive: true });
      git(dir, 'init', '-q');
      cpSync(inRoot('shared', 'sync'), path.join(dir, 'sync'), { recursive: true });
    }
    writeFileSync(path.join(dir, `file-${this.#random.below(20)}.txt`), this.#text());
    git(dir, 'add', '-A');
    git(dir, 'commit', '-qm', 'soak');
    git(
      dir,
      'checkout',
      '-q',
      ...(this.#random.chance(0.5) ? ['-B', `branch-${this.#random.below(3)}`] : [`branch-${this.#random.below(3)}`]),
    );
  }
  /** An archive with a few hundred files is unpacked. */
  #unpack(): void {
    const archive = path.join(os.tmpdir(), `hikyaku-soak-${process.pid}.tar.gz`);
    if (!existsSync(archive)) run(inRoot(), 'tar', 'czf', archive, 'shared');
    const into = path.join(this.#own, `unpacked-${this.#random.below(3)}`);
    mkdirSync(into, { recursive: true });
    run(into, 'tar', 'xzf', archive);
  }
  /** As a package manager does: a tree is written under another name, then takes the place of the old one. */
  #install(): void {
    const dir = path.join(this.#own, 'project');
    mkdirSync(dir, { recursive: true });
    const [fresh, modules] = [path.join(dir, '.node_modules-new'), path.join(dir, 'node_modules')];
    cpSync(inRoot('node_modules', 'zod'), path.join(fresh, 'zod'), { recursive: true, filter: () => this.#random.chance(0.97) });
    if (existsSync(modules)) rmSync(modules, { recursive: true });
    renameSync(fresh, modules);
  }
  #rename(): void {
    const [from, to] = [path.join(this.#own, 'notes'), path.join(this.#own, `notes-${(this.#count += 1)}`)];
    if (!existsSync(from) || this.#random.chance(0.5)) return this.#note();
    renameSync(from, to);
    renameSync(to, from);
  }
  #remove(): void {
    const file = this.#file();
    if (existsSync(file)) unlinkSync(file);
    this.kept.delete(path.relative(this.#own, file));
  }
  #shared(): void {
    writeFileSync(path.join(this.#both, `both-${this.#random.below(4)}.txt`), this.#text());
  }

  /** What this person wrote last in the own folder and cannot be found on `agent`'s disk. */
  lost(tree: ReadonlyMap<string, string>): string[] {
    return [...this.kept].filter(([file, hash]) => tree.get(`of ${this.name}/${file}`) !== hash).map(([file]) => `${this.name}: ${file}`);
  }
}

/** Two agents and a server for so many minutes, with people at work, kills and cuts; now and then all is let come to rest and compared by hashes. */
export async function soakSync(minutes: number, seed = Date.now() % 1_000_000): Promise<void> {
  const random = new Random(seed);
  const work = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-soak-sync-'));
  const port = await freePort();
  const cable = new Cable(() => port);
  const url = await cable.start();
  // What it says of its address is that of the cable.
  const start = (more: { dataDir?: string } = {}): Promise<ServerProcess> =>
    startServer({ port, args: ['--demo', '--demo-password', password, '--public-url', url], ...more });
  let server = await start();
  const agents = ['sato', 'tanaka'].map((member) => new Agent(member, url, work));
  const people = agents.map((agent, index) => new Person(['sato', 'tanaka'][index]!, agent.dir, random.fork()));
  const done: Record<string, number> = {};
  const count = (what: string): void => void (done[what] = (done[what] ?? 0) + 1);
  const end = Date.now() + minutes * 60_000;
  let rests = 0;
  console.log(`Seed ${seed}, in ${work}`);
  try {
    while (Date.now() < end) {
      for (const agent of agents) agent.start();
      const restAt = Math.min(end, Date.now() + 40_000);
      while (Date.now() < restAt) {
        const chance = random.unit();
        if (chance < 0.06) {
          const agent = random.pick(agents);
          await agent.end('SIGKILL');
          count('agent killed');
          await pause(random.below(800));
          agent.start();
        } else if (chance < 0.08) {
          await server.stop('SIGKILL');
          count('server killed');
          server = await start({ dataDir: server.dataDir });
        } else if (chance < 0.13) {
          cable.cut();
          count('line cut');
          await pause(random.below(1_500));
          cable.isCut = false;
        } else count(random.pick(people).act());
        await pause(random.below(250));
      }
      for (const agent of agents) await agent.end(random.chance(0.5) ? 'SIGKILL' : 'SIGTERM');
      const conflicts = await atRest(agents, people);
      rests += 1;
      console.log(
        `At rest ${rests}: ${agents[0]!.tree().size} things, the same on both disks; ${conflicts} conflicts of both; ${JSON.stringify(done)}`,
      );
    }
  } finally {
    for (const agent of agents) await agent.end('SIGKILL');
    cable.close();
    await server.stop('SIGKILL');
  }
  rmSync(work, { recursive: true, force: true });
}

/** Brings everything in step and compares; returns how many conflict copies lie there. Throws where a promise is broken. */
async function atRest(agents: readonly Agent[], people: readonly Person[]): Promise<number> {
  for (let round = 0; round < 3; round += 1) for (const agent of agents) await agent.once();
  const [one, other] = agents.map((agent) => agent.tree()) as [Map<string, string>, Map<string, string>];
  const differs = [...new Set([...one.keys(), ...other.keys()])].filter((key) => one.get(key) !== other.get(key));
  if (differs.length > 0) throw new Error(`The disks differ at ${differs.length} places: ${differs.slice(0, 10).join(', ')}`);
  for (const person of people) {
    const lost = person.lost(one);
    if (lost.length > 0) throw new Error(`Lost: ${lost.slice(0, 10).join(', ')}`);
  }
  const copies = [...one.keys()].filter((key) => key.includes(' (conflict '));
  const alone = copies.filter((key) => !key.startsWith('of both/'));
  if (alone.length > 0) throw new Error(`Conflicts where only one person works: ${alone.slice(0, 5).join(', ')}`);
  for (const agent of agents) {
    const staged = path.join(agent.dir, '.hikyaku-sync', 'tmp');
    if (readdirSync(staged).some((name) => !name.startsWith('part-') && statSync(path.join(staged, name)).isFile()))
      throw new Error(`Something is left in ${staged}`);
  }
  return copies.length;
}
