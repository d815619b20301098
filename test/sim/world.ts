import { isIgnored, ownFolder } from '#shared/sync/ignore.ts';
import { recoveryFolder, stagingFolder } from '../../electron/agent/sync/root-folder.ts';
import type { DiskNode, DiskTraits } from './disk-nodes.ts';
import type { Call } from './files.ts';
import { goodLine } from './net.ts';
import { goodDisk, goodWatching, SimPc } from './pc.ts';
import { PersonAtPc, PersonAtServer, thingsOn, type Choice } from './people.ts';
import type { Random } from './random.ts';
import { SimServer } from './server.ts';
import { epoch, SimTime } from './time.ts';
import { Tokens } from './tokens.ts';

const textOf = (node: DiskNode): string => Buffer.from(node.data).toString();
/** Calls that the engine may make anywhere: it looks for marks of other roots above its own. */
const lookAbove: ReadonlySet<string> = new Set(['lstat', 'readText', 'realpath']);

export interface PcPlan {
  readonly traits: DiskTraits;
  /** Milliseconds by which its clock is wrong. */
  readonly skew: number;
}

/** A server, computers and people, and everything that is watched over while they work. */
export class World {
  readonly time = new SimTime();
  readonly tokens = new Tokens();
  readonly server: SimServer;
  readonly pcs: SimPc[];
  /** What people do in the very middle of what the engine does: at so many calls from now. */
  readonly midway: { pc: number; calls: number; choice: Choice }[] = [];
  readonly violations: string[] = [];
  /** Nothing that comes to the server counts as written by anybody: for proving that a broken promise is found. */
  isSpoiled = false;
  /** Hears of each call of an engine to its disk. */
  watchCalls: (pc: SimPc, call: Call) => void = () => undefined;
  /** Hears of each change that an engine has just made to its disk. */
  watchDone: (pc: SimPc, call: Call) => void = () => undefined;
  readonly #atServer: PersonAtServer;
  #destroyed: { node: DiskNode; path: string } | null = null;

  constructor(random: Random, pcs: readonly PcPlan[], names: readonly string[] = []) {
    this.server = new SimServer(() => epoch + this.time.now);
    this.#atServer = new PersonAtServer(this.server, this.tokens, random.fork());
    this.pcs = pcs.map(
      ({ traits, skew }, index) =>
        new SimPc({
          name: names[index] ?? `pc${index + 1}`,
          traits,
          skew,
          time: this.time,
          random: random.fork(),
          server: this.server,
          before: (pc, call) => this.#before(pc, call),
          after: (pc, call) => {
            this.#after(pc, call);
            this.watchDone(pc, call);
          },
        }),
    );
    this.server.onCommit = (mutation, node) => {
      this.time.note(`commit ${mutation.kind} ${node.name} ${node.version}`);
      if (
        node.content !== null &&
        !node.trashed &&
        (this.isSpoiled || !this.tokens.states.has(Buffer.from(this.server.bytesOf(node.content)).toString()))
      )
        this.violate(`S8: ${node.name} holds what no file ever held`);
      for (const pc of this.pcs) this.time.after(random.unit() * 40, () => pc.engine?.remoteHint());
    };
  }

  violate(what: string): void {
    this.violations.push(what);
    this.time.note(`VIOLATION ${what}`);
  }

  /** Somebody acts: at a computer, or (with a number beyond them) in Drive itself. */
  act(who: number, choice: Choice): void {
    this.time.note(`person ${who} ${choice.deed} ${choice.a} ${choice.b} ${choice.name}`);
    const pc = this.pcs[who];
    if (pc === undefined) this.#atServer.do(choice);
    else new PersonAtPc(pc, this.tokens, this.time).do(choice);
  }

  #before(pc: SimPc, call: Call): void {
    this.#confine(pc, call);
    this.watchCalls(pc, call);
    const index = this.pcs.indexOf(pc);
    for (const waiting of this.midway.filter((one) => one.pc === index)) {
      waiting.calls -= 1;
      if (waiting.calls >= 0) continue;
      this.midway.splice(this.midway.indexOf(waiting), 1);
      this.time.note(`person ${index} in the middle of ${call.name}: ${waiting.choice.deed}`);
      const avoid = [call.path, ...(call.target === null ? [] : [call.target])];
      new PersonAtPc(pc, this.tokens, this.time, avoid).do(waiting.choice);
    }
    this.#destroyed = call.name === 'unlink' || call.name === 'rename' ? this.#lastLink(pc, call) : null;
    if (call.changes) this.#respect(pc, call);
  }

  /** S6. */
  #confine(pc: SimPc, { name, path, target, changes }: Call): void {
    for (const at of [path, target]) {
      if (at === null || at === pc.folder || at.startsWith(`${pc.folder}/`)) continue;
      if (changes || !lookAbove.has(name)) this.violate(`S6: ${name} ${at} outside the root`);
    }
    if (!changes) return;
    for (const at of [path, target]) {
      if (at === null) continue;
      try {
        if (pc.disk.spot(at).throughLink) this.violate(`S6: ${name} ${at} leads through a link`);
      } catch {
        // There is nothing at all: the call will say so.
      }
    }
  }

  /** The file whose last name the call takes away. */
  #lastLink(pc: SimPc, { name, path, target }: Call): { node: DiskNode; path: string } | null {
    const at = name === 'unlink' ? path : target!;
    const node = pc.disk.find(at);
    const isSelf = name === 'rename' && node === pc.disk.find(path);
    return node?.kind === 'file' && node.links === 1 && !isSelf ? { node, path: at } : null;
  }

  /** S4, S9: what is not ours to touch. */
  #respect(pc: SimPc, { name, path, target }: Call): void {
    const own = `${pc.folder}/${ownFolder}`;
    const node = pc.disk.find(path);
    if (node === undefined || path.startsWith(own) || name === 'flushFolder') return;
    const base = path.slice(path.lastIndexOf('/') + 1);
    if (node.kind === 'link') this.violate(`S9: ${name} of the link ${path}`);
    if (isIgnored(base) && !(name === 'rename' && target?.startsWith(recoveryFolder(pc.folder)) === true))
      this.violate(`S9: ${name} of ${path}`);
    const goesAway = name === 'rename' && target?.startsWith(own) === true && !isIgnored(base);
    if (goesAway && node.kind === 'file' && !this.#isKnownThere(node))
      this.violate(`S4: ${path} is removed with bytes that the server never had`);
  }
  #isKnownThere(node: DiskNode): boolean {
    const held = textOf(node);
    const token = this.tokens.byText.get(held);
    // What is written in that very moment is looked at right after.
    return held === '' || token?.inGap === true || !this.tokens.byText.has(held) || this.#serverHas(held);
  }
  #serverHas(held: string): boolean {
    return [...this.server.history.values()].some((contents) =>
      contents.some((content) => Buffer.from(this.server.bytesOf(content)).toString() === held),
    );
  }

  #after(pc: SimPc, call: Call): void {
    const own = `${pc.folder}/${ownFolder}`;
    if (this.#destroyed !== null) {
      const { node, path } = this.#destroyed;
      this.#destroyed = null;
      if (node.links === 0 && !path.startsWith(own) && textOf(node) !== '')
        this.violate(`S2: the bytes of ${path} are gone with ${call.name}`);
      if (node.links === 0 && path.startsWith(recoveryFolder(pc.folder))) this.violate(`S1: ${path} is taken out of the recovery area`);
    }
    const shown = call.target ?? call.path;
    if (shown.startsWith(own) || shown === pc.folder) return;
    if (call.name === 'write' || call.name === 'writeText') this.violate(`S3: ${shown} is written in place`);
    const node = pc.disk.find(shown);
    if (node?.kind === 'file' && (call.name === 'rename' || call.name === 'link') && !this.tokens.states.has(textOf(node)))
      this.violate(`S3: ${shown} shows what nobody wrote`);
  }

  /** No more faults; everybody is there. */
  heal(): void {
    for (const pc of this.pcs) {
      pc.line.isCut = false;
      pc.line.faults = goodLine;
      pc.diskFaults = goodDisk;
      pc.watchFaults = pc.watchFaults.silent ? pc.watchFaults : goodWatching;
      pc.crashIn = null;
      if (!pc.isRunning) pc.start();
      pc.engine?.online();
    }
    this.midway.length = 0;
  }

  /** Lets everybody work until nothing is left to do. `nudged`: as after a wake-up; else they find out by themselves, which takes an hour. */
  async rest(nudged: boolean): Promise<void> {
    this.heal();
    this.time.note('rest');
    await this.time.run(this.time.now + (nudged ? 3_000 : 50 * 60_000));
    if (nudged) for (const pc of this.pcs) pc.engine?.nudge();
    const calm = (): boolean => this.pcs.every(({ engine }) => engine?.inStep === true);
    for (let round = 0; round < 12; round += 1) {
      const isCalm = await this.time.run(this.time.now + 10 * 60_000, calm);
      // What one of them has just sent, the others hear of in a moment.
      await this.time.run(this.time.now + 5_000);
      if (isCalm && calm()) return;
    }
    for (const pc of this.pcs) {
      if (pc.engine?.inStep === true) continue;
      const { halted, connection, plan, failures } = pc.engine!;
      const steps = JSON.stringify(plan?.steps.slice(0, 4));
      this.violate(
        `L1: ${pc.name} does not come to rest: ${halted} ${connection} ${steps} ${JSON.stringify(failures?.all.slice(0, 3))} ${String(
          (pc.bugs[0] as Error | undefined)?.stack,
        )
          .split('\n')
          .slice(0, 3)
          .join(' | ')}`,
      );
    }
  }
  things(pc: SimPc) {
    return thingsOn(pc);
  }
  staged(pc: SimPc): string[] {
    return pc.disk.find(stagingFolder(pc.folder)) === undefined ? [] : pc.disk.readdir(stagingFolder(pc.folder));
  }
}
