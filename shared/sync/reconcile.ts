import { foldedName } from '#shared/model/node-name.ts';
import { Classifier, type Fate } from './classify.ts';
import { conflictName, numberedName } from './conflict-name.ts';
import type { Plan, PlanOptions, Skipped, Step } from './plan.ts';
import { ringFrom } from './ring.ts';
import { ancestry, ChildIndex, CountedSiblings, type LocalNode, type Place, type RemoteNode, type Siblings, type Trees } from './tree.ts';

/**
 * Plans one round from what the server says, what the disk says, and what both last agreed on. Pure and deterministic: no clock, no
 * randomness, no order of maps. Ask again after the steps are done; nothing to do means that all three are equal, but for what is skipped.
 */
export function reconcile(trees: Trees, options: PlanOptions): Plan {
  return new Round(trees, options).plan();
}

type Side = 'here' | 'there';

/** A step that others have to clear the way for: who has the name, the folder to come, those between target and mover, what is still in a folder. */
interface Wait {
  readonly id: string;
  readonly side: Side;
  readonly on: readonly string[];
  readonly for: 'name' | 'parent' | 'path' | 'emptying';
}

const idsOf = (nodes: readonly { id: string }[]): string[] => nodes.map(({ id }) => id);
const keyOf = (place: Place): string => `${place.parentId}/${foldedName(place.name)}`;

class Round {
  readonly #trees: Trees;
  readonly #options: PlanOptions;
  readonly #ids: readonly string[];
  readonly #classes: Classifier;
  readonly #localIndex: Siblings<LocalNode>;
  readonly #remoteIndex: Siblings<RemoteNode>;
  readonly #steps: Step[] = [];
  readonly #skipped: Skipped[] = [];
  readonly #waits: Wait[] = [];
  /** Places that steps of this round fill, so that two never want the same. */
  readonly #claimed = { here: new Set<string>(), there: new Set<string>() };
  /** New parents given by steps of this round: with the old ones they must stay free of cycles in whatever order the steps are done. */
  readonly #newParents = { here: new Map<string, string>(), there: new Map<string, string>() };
  readonly #displaced = new Set<string>();
  readonly #frozen = new Map<string, boolean>();
  readonly #whole = new Map<string, boolean>();

  constructor(trees: Trees, options: PlanOptions) {
    this.#trees = trees;
    this.#options = options;
    const { near } = trees;
    this.#ids = [...new Set(near?.open ?? [...trees.remote.keys(), ...trees.local.keys(), ...trees.synced.keys()])].sort();
    this.#classes = new Classifier(trees, this.#ids, options.wanted);
    const isLive = ({ id }: RemoteNode): boolean => this.#classes.remote(id) !== undefined;
    this.#localIndex = near === undefined ? new ChildIndex(trees.local.values(), () => true) : new CountedSiblings(near.local, () => true);
    this.#remoteIndex = near === undefined ? new ChildIndex(trees.remote.values(), isLive) : new CountedSiblings(near.remote, isLive);
  }

  plan(): Plan {
    const deletions = { here: [] as string[], there: [] as string[] };
    for (const id of this.#ids) {
      const fate = this.#classes.fate(id);
      if (this.#isFrozen(id)) {
        if (fate.book ?? fate.here ?? fate.there ?? fate.content) this.#skip(id, 'here', 'folder_unreadable');
        continue;
      }
      if (fate.held === true) this.#skip(id, 'here', 'server_answer_incomplete');
      if (fate.here === 'delete') deletions.here.push(id);
      if (fate.there === 'delete') deletions.there.push(id);
      this.#emit(id, fate);
    }
    if (this.#steps.length === 0) this.#breakDeadlock();
    return { steps: this.#steps, skipped: this.#skipped, deletions };
  }

  #emit(id: string, fate: Fate): void {
    if (fate.book !== undefined) this.#steps.push({ kind: fate.book, id });
    if (fate.here === 'create') this.#bring(id);
    if (fate.here === 'move') this.#follow(id);
    if (fate.here === 'delete') this.#deleteHere(id);
    if (fate.there === 'create') this.#send(id);
    if (fate.there === 'move') this.#moveThere(id);
    if (fate.there === 'delete') this.#deleteThere(id);
    if (fate.content !== undefined) this.#content(id, fate.content, fate.here !== undefined || fate.there !== undefined);
  }

  #skip(id: string, side: Side, reason: string): void {
    this.#skipped.push({ id, side, reason });
  }

  #isFrozen(id: string): boolean {
    if (this.#options.frozen.size === 0) return false;
    let frozen = this.#frozen.get(id);
    if (frozen === undefined) {
      const { local, synced } = this.#trees;
      const climbs = [ancestry(id, (at) => local.get(at)?.parentId), ancestry(id, (at) => synced.get(at)?.parentId)];
      frozen = climbs.some((climb) => [...climb].some((at) => this.#options.frozen.has(at)));
      this.#frozen.set(id, frozen);
    }
    return frozen;
  }

  /** The reason why a thing's content or name may not go that way, if there is one. */
  #verdict(node: LocalNode | RemoteNode, way: 'up' | 'down'): string | null {
    if (way === 'up' && !this.#options.writable) return 'permission_missing';
    return this.#options.verdict(node, way);
  }

  /** Will the thing leave its place on that side by itself, or become another one? Then whoever wants the place waits. */
  #leaves(id: string, side: Side): boolean {
    const { book, here, there } = this.#classes.fate(id);
    if (book === 'renew' || book === 'release' || this.#displaced.has(id)) return true;
    return side === 'here' ? here === 'delete' || here === 'move' : there === 'delete' || there === 'move';
  }

  #exists(id: string, side: Side): boolean {
    return (side === 'here' ? this.#trees.local.get(id) : this.#classes.remote(id))?.kind === 'folder';
  }

  #wait(id: string, side: Side, on: readonly string[], what: Wait['for']): void {
    this.#waits.push({ id, side, on, for: what });
  }

  /** The nodes that lie between the new parent and `id`, when moving `id` there would make a circle; null when it would not. */
  #circle(id: string, parentId: string, side: Side): readonly string[] | null {
    const old = (at: string) => (side === 'here' ? this.#trees.local.get(at) : this.#classes.remote(at))?.parentId ?? null;
    const path: string[] = [];
    const seen = new Set<string>();
    const climb = (at: string | null): boolean => {
      if (at === null || seen.has(at)) return false;
      if (at === id) return true;
      seen.add(at);
      path.push(at);
      return climb(old(at)) || climb(this.#newParents[side].get(at) ?? null);
    };
    return climb(parentId) ? path : null;
  }

  #claim(id: string, side: Side, to: Place): void {
    this.#claimed[side].add(keyOf(to));
    if (to.parentId !== null) this.#newParents[side].set(id, to.parentId);
  }

  /** True when the name is taken on either side or promised to a step of this round. */
  #taken(parentId: string, name: string): boolean {
    const key = keyOf({ parentId, name });
    return (
      this.#localIndex.occupant(parentId, name) !== undefined ||
      this.#remoteIndex.occupant(parentId, name) !== undefined ||
      this.#claimed.here.has(key) ||
      this.#claimed.there.has(key)
    );
  }

  #numbered(parentId: string, name: string): Place {
    return { parentId, name: numberedName(name, (candidate) => this.#taken(parentId, candidate)) };
  }

  /** Brings down what is new on the server. */
  #bring(id: string): void {
    const node = this.#classes.remote(id)!;
    const reason = this.#verdict(node, 'down');
    if (reason !== null) return this.#skip(id, 'here', reason);
    const to: Place = { parentId: node.parentId, name: node.name };
    if (!this.#freeHere(id, to)) return;
    this.#claim(id, 'here', to);
    this.#steps.push(node.kind === 'folder' ? { kind: 'make_folder', id, to } : { kind: 'write', id, to });
  }

  /** Moves a local thing to the server's place for it. */
  #follow(id: string): void {
    const { parentId, name } = this.#classes.remote(id)!;
    const to: Place = { parentId, name };
    if (parentId === null || !this.#freeHere(id, to)) return;
    const circle = this.#circle(id, parentId, 'here');
    if (circle !== null) return this.#wait(id, 'here', circle, 'path');
    this.#claim(id, 'here', to);
    this.#steps.push({ kind: 'move_here', id, to, why: 'follow' });
  }

  /** Whether a place on this disk can be filled now; settles who gets a name that two want: the server's occupant. */
  #freeHere(id: string, to: Place): boolean {
    if (to.parentId === null || this.#isFrozen(to.parentId)) return false;
    if (!this.#exists(to.parentId, 'here')) {
      this.#wait(id, 'here', [to.parentId], 'parent');
      return false;
    }
    const occupant = this.#localIndex.occupant(to.parentId, to.name);
    if (occupant === undefined || occupant.id === id) return !this.#claimed.here.has(keyOf(to));
    if (this.#leaves(occupant.id, 'here')) {
      if (this.#staysForeign(occupant)) this.#skip(id, 'here', 'name_taken_here');
      else this.#wait(id, 'here', [occupant.id], 'name');
      return false;
    }
    const fate = this.#classes.fate(occupant.id);
    if (fate.there !== 'create' && fate.there !== 'move') return false;
    const reason = this.#verdict(occupant, 'up');
    if (reason !== null && reason !== 'permission_missing') {
      this.#skip(id, 'here', 'name_taken_here');
      return false;
    }
    const remote = this.#classes.remote(id)!;
    if (fate.there === 'create' && !this.#trees.local.has(id) && remote.kind === occupant.kind) {
      this.#steps.push({ kind: 'adopt', id, localId: occupant.id });
    } else {
      const aside = this.#numbered(to.parentId, occupant.name);
      this.#claim(occupant.id, 'here', aside);
      this.#steps.push({ kind: 'move_here', id: occupant.id, to: aside, why: 'name_taken' });
    }
    this.#displaced.add(occupant.id);
    return false;
  }

  #deleteHere(id: string): void {
    if (this.#options.hold.here) return this.#skip(id, 'here', 'mass_delete');
    const node = this.#trees.local.get(id)!;
    if (node.foreign === true) return this.#skip(id, 'here', 'foreign_inside');
    const children = this.#localIndex.children(id);
    if (children.length === 0) this.#steps.push({ kind: 'delete_here', id });
    else if (children.every((child) => this.#staysUnsynced(child))) this.#skip(id, 'here', 'foreign_inside');
    else this.#wait(id, 'here', idsOf(children), 'emptying');
  }

  /** A folder that was deleted on the server but holds what is never synced, at whatever depth: it stays, and has its name. */
  #staysForeign(node: LocalNode): boolean {
    if (node.kind !== 'folder' || this.#classes.fate(node.id).here !== 'delete') return false;
    const holds = (child: LocalNode): boolean => this.#staysUnsynced(child) || this.#staysForeign(child);
    return node.foreign === true || this.#localIndex.children(node.id).some(holds);
  }

  /** A new local thing that may not go up: nobody but the person removes it. */
  #staysUnsynced(node: LocalNode): boolean {
    return this.#classes.fate(node.id).there === 'create' && this.#verdict(node, 'up') !== null;
  }

  /** Sends up what is new here. */
  #send(id: string): void {
    if (this.#displaced.has(id)) return;
    const node = this.#trees.local.get(id)!;
    const reason = this.#verdict(node, 'up');
    if (reason !== null) return this.#skip(id, 'there', reason);
    const to: Place = { parentId: node.parentId, name: node.name };
    if (!this.#freeThere(id, to)) return;
    this.#claim(id, 'there', to);
    this.#steps.push({ kind: node.kind === 'folder' ? 'create_folder' : 'create_file', id, to });
  }

  #moveThere(id: string): void {
    if (this.#displaced.has(id)) return;
    const node = this.#trees.local.get(id)!;
    const to: Place = { parentId: node.parentId, name: node.name };
    const reason = this.#verdict(node, 'up');
    if (reason !== null) return this.#skip(id, 'there', reason);
    if (to.parentId === null) return;
    if (!this.#exists(to.parentId, 'there')) return this.#wait(id, 'there', [to.parentId], 'parent');
    const circle = this.#circle(id, to.parentId, 'there');
    if (circle !== null) {
      const moving = circle.filter((at) => this.#classes.fate(at).there === 'move' || this.#newParents.there.has(at));
      if (moving.length > 0) this.#wait(id, 'there', moving, 'path');
      else this.#undo(id);
      return;
    }
    if (!this.#freeThere(id, to)) return;
    this.#claim(id, 'there', to);
    this.#steps.push({ kind: 'move_there', id, to });
  }

  /** Takes a local move back that the server's tree cannot follow. */
  #undo(id: string): void {
    const remote = this.#classes.remote(id)!;
    const home = remote.parentId !== null && this.#trees.local.has(remote.parentId) ? remote.parentId : this.#trees.rootId;
    if (this.#circle(id, home, 'here') !== null) return;
    const to = this.#undoPlace(id, { parentId: home, name: remote.name });
    this.#claim(id, 'here', to);
    this.#displaced.add(id);
    this.#steps.push({ kind: 'move_here', id, to, why: 'undo' });
  }

  #undoPlace(id: string, wanted: Place): Place {
    const here = this.#localIndex.occupant(wanted.parentId!, wanted.name);
    const there = this.#remoteIndex.occupant(wanted.parentId!, wanted.name);
    const own = (node: { id: string } | undefined): boolean => node === undefined || node.id === id;
    return own(here) && own(there) && !this.#claimed.here.has(keyOf(wanted)) ? wanted : this.#numbered(wanted.parentId!, wanted.name);
  }

  #freeThere(id: string, to: Place): boolean {
    if (to.parentId === null) return false;
    if (!this.#exists(to.parentId, 'there')) {
      this.#wait(id, 'there', [to.parentId], 'parent');
      return false;
    }
    const occupant = this.#remoteIndex.occupant(to.parentId, to.name);
    if (occupant === undefined || occupant.id === id) return !this.#claimed.there.has(keyOf(to));
    if (this.#leaves(occupant.id, 'there')) this.#wait(id, 'there', [occupant.id], 'name');
    else if (this.#trees.local.has(occupant.id)) return false;
    else if (this.#verdict(occupant, 'down') !== null) this.#skip(id, 'there', 'name_taken');
    else if (this.#classes.fate(occupant.id).here !== 'create') this.#meetUnseen(id, occupant);
    return false;
  }

  /** What is here wants the name of something that is only on the server, and stays there: they are one thing, or what is here steps aside. */
  #meetUnseen(id: string, occupant: RemoteNode): void {
    const node = this.#trees.local.get(id)!;
    this.#displaced.add(id);
    if (this.#classes.fate(id).there === 'create' && occupant.kind === node.kind) {
      this.#steps.push({ kind: 'adopt', id: occupant.id, localId: id });
      return;
    }
    const aside = this.#numbered(node.parentId!, node.name);
    this.#claim(id, 'here', aside);
    this.#steps.push({ kind: 'move_here', id, to: aside, why: 'name_taken' });
  }

  #deleteThere(id: string): void {
    if (!this.#options.writable) return this.#skip(id, 'there', 'permission_missing');
    if (this.#options.hold.there) return this.#skip(id, 'there', 'mass_delete');
    const remote = this.#classes.remote(id)!;
    // It goes along with the folder above it.
    if (remote.parentId !== null && this.#goesWhole(remote.parentId)) return;
    if (!this.#goesWhole(id)) return this.#wait(id, 'there', idsOf(this.#remoteIndex.children(id)), 'emptying');
    // Whatever its version, it still holds what was agreed on: otherwise it would come back instead.
    this.#steps.push({ kind: 'delete_there', id, baseVersion: remote.version });
  }

  /** Everything that the server has in it, itself included, was deleted here. */
  #goesWhole(id: string): boolean {
    let whole = this.#whole.get(id);
    if (whole === undefined) {
      const children = this.#remoteIndex.children(id);
      whole = this.#classes.fate(id).there === 'delete' && !this.#isFrozen(id) && children.every((child) => this.#goesWhole(child.id));
      this.#whole.set(id, whole);
    }
    return whole;
  }

  #content(id: string, content: NonNullable<Fate['content']>, moving: boolean): void {
    const remote = this.#classes.remote(id);
    const local = this.#trees.local.get(id)!;
    if (content === 'hash') {
      this.#steps.push({ kind: 'hash', id });
    } else if (content === 'update') {
      const reason = this.#verdict(local, 'up');
      if (reason !== null) this.#skip(id, 'there', reason);
      else this.#steps.push({ kind: 'update', id, baseVersion: remote!.version });
    } else {
      const reason = this.#verdict(remote!, 'down');
      if (reason !== null) this.#skip(id, 'here', reason);
      else if (content === 'write') this.#steps.push({ kind: 'write', id, to: null });
      else if (!moving) this.#fork(id, local);
    }
  }

  #fork(id: string, local: LocalNode): void {
    const parentId = local.parentId!;
    const name = conflictName(local.name, this.#options.conflictLabel, (candidate) => this.#taken(parentId, candidate));
    this.#claimed.here.add(keyOf({ parentId, name }));
    this.#steps.push({ kind: 'fork', id, name });
  }

  /** Steps that wait for each other in a ring: one of them goes aside first. */
  #breakDeadlock(): void {
    const waits = new Map(this.#waits.map((wait) => [wait.id, wait]));
    for (const { id } of this.#waits) {
      const ring = ringFrom(id, (at) => waits.get(at)?.on);
      if (ring === null) continue;
      const blocked = ring.map((at) => waits.get(at)!);
      const looped = blocked.find((wait) => wait.side === 'there' && wait.for === 'path');
      const movers = blocked.filter(({ id, side }) => this.#classes.fate(id)[side] === 'move').sort((x, y) => (x.id < y.id ? -1 : 1));
      if (looped !== undefined) this.#undo(looped.id);
      else if (movers[0] !== undefined) this.#sidestep(movers[0]);
      if (this.#steps.length > 0) return;
    }
  }

  /** Goes as near as it can to where it wants to be, under another name for the time being. */
  #sidestep({ id, side }: Wait): void {
    const goal = (side === 'here' ? this.#classes.remote(id) : this.#trees.local.get(id))!;
    const parentOf = (at: string) => (side === 'here' ? this.#classes.remote(at) : this.#trees.local.get(at))?.parentId;
    for (const parentId of ancestry(goal.parentId ?? this.#trees.rootId, parentOf)) {
      if (!this.#exists(parentId, side) || this.#circle(id, parentId, side) !== null) continue;
      const to = this.#numbered(parentId, goal.name);
      this.#steps.push(side === 'here' ? { kind: 'move_here', id, to, why: 'swap' } : { kind: 'move_there', id, to });
      return;
    }
  }
}
