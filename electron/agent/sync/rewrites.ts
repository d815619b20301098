import type { Plan, Step } from '#shared/sync/plan.ts';
import { splitExtension } from '#shared/sync/conflict-name.ts';
import type { NodeMap, SyncedNode, LocalNode, RemoteNode } from '#shared/sync/tree.ts';

/** A file that was rewritten here lately, with what it was before that. */
export interface Rewritten {
  readonly id: string;
  /** Monotonic milliseconds; when it was first seen so. */
  readonly at: number;
  /** Where it was, and which version the server had. */
  readonly parentId: string | null;
  readonly name: string;
  readonly version: number;
  /** What stands in its place now: itself, or a new file whose name begins with its name. */
  readonly nowId: string;
}

/** What is looked at; the planner's trees. */
export interface RewriteTrees {
  readonly synced: NodeMap<SyncedNode>;
  readonly local: NodeMap<LocalNode>;
  readonly remote: NodeMap<RemoteNode>;
}

const windowMilliseconds = 10 * 60_000;
const mostFiles = 200;
const mostShare = 0.2;
/** So many of the files that can tell are read for it. */
const mostSampled = 100;
const fewestSampled = 10;

/** How the bytes of a file look: like those of its kind, or like noise. Null where that cannot be told. */
export type LooksRandom = (id: string, extension: string) => boolean | null;

/**
 * Remembers which files were rewritten within ten minutes, and tells when that looks like a program that makes files unreadable (SYNC: mass rewrite): more than
 * 200 files and a fifth of all, and either most of them got another extension, or most of those whose bytes should be compressible, or begin in a
 * known way, do so no more.
 */
export class Rewrites {
  #files = new Map<string, Rewritten>();
  /** Files that a person has said are meant to be so. */
  readonly #allowed = new Set<string>();
  #sampledAt = 0;

  get files(): readonly Rewritten[] {
    return [...this.#files.values()];
  }

  /** As they were written down before a restart. */
  load(files: readonly Rewritten[]): void {
    this.#files = new Map(files.map((file) => [file.id, file]));
  }

  /** Takes in what a plan would send; returns whether it has to wait for a person. */
  take(plan: Plan, trees: RewriteTrees, now: number, total: number, looksRandom: LooksRandom): boolean {
    for (const [id, file] of this.#files) {
      if (now - file.at > windowMilliseconds || file.at > now || isUntouched(file, trees)) this.#files.delete(id);
    }
    for (const step of plan.steps) this.#note(step, trees, now);
    this.#pair(plan, trees, now);
    const count = this.#files.size;
    if (count <= mostFiles || count <= total * mostShare) return false;
    return this.#changedExtensions(trees) || this.#lookRandom(trees, count, looksRandom);
  }

  /** A person said that all of this is meant: it is not asked about again. */
  allow(): void {
    for (const id of this.#files.keys()) this.#allowed.add(id);
    this.clear();
  }
  clear(): void {
    this.#files.clear();
    this.#sampledAt = 0;
  }

  #note(step: Step, { synced }: RewriteTrees, at: number): void {
    if ((step.kind !== 'update' && step.kind !== 'fork') || this.#files.has(step.id) || this.#allowed.has(step.id)) return;
    const before = synced.get(step.id);
    if (before === undefined) return;
    const { id, parentId, name, version } = before;
    this.#files.set(id, { id, at, parentId, name, version, nowId: id });
  }

  /** A file that is gone while a new one beside it is called after it was rewritten, too: `plan.docx` and `plan.docx.locked`. */
  #pair(plan: Plan, { synced }: RewriteTrees, at: number): void {
    if (plan.deletions.there.length <= mostFiles / 4) return;
    const made = new Map<string, { id: string; name: string }[]>();
    for (const step of plan.steps) {
      if (step.kind !== 'create_file' || step.to.parentId === null) continue;
      const siblings = made.get(step.to.parentId) ?? [];
      made.set(step.to.parentId, [...siblings, { id: step.id, name: step.to.name }]);
    }
    for (const id of plan.deletions.there) {
      const before = synced.get(id);
      if (before?.kind !== 'file' || before.parentId === null || this.#files.has(id) || this.#allowed.has(id)) continue;
      const [stem] = splitExtension(before.name);
      const heir = made.get(before.parentId)?.find(({ name }) => name.startsWith(`${before.name}.`) || splitExtension(name)[0] === stem);
      if (heir === undefined) continue;
      this.#files.set(id, { id, at, parentId: before.parentId, name: before.name, version: before.version, nowId: heir.id });
    }
  }

  #changedExtensions({ local }: RewriteTrees): boolean {
    const changed = this.files.filter(({ name, nowId }) => {
      const now = local.get(nowId)?.name;
      return now !== undefined && extensionOf(now) !== extensionOf(name);
    });
    return changed.length > this.#files.size / 2;
  }

  /** Reads some of them, and not again before there are a tenth more. */
  #lookRandom({ local }: RewriteTrees, count: number, looksRandom: LooksRandom): boolean {
    if (count < this.#sampledAt * 1.1) return false;
    this.#sampledAt = count;
    const files = this.files;
    const step = Math.max(1, Math.floor(files.length / (mostSampled * 3)));
    let told = 0;
    let random = 0;
    for (let at = 0; at < files.length && told < mostSampled; at += step) {
      const { nowId, name } = files[at]!;
      const looks = local.get(nowId) === undefined ? null : looksRandom(nowId, extensionOf(name).slice(1));
      if (looks === null) continue;
      told += 1;
      if (looks) random += 1;
    }
    return told >= fewestSampled && random > told / 2;
  }
}

/** Written again with what it held before. */
function isUntouched({ id, nowId, version }: Rewritten, { local, synced }: RewriteTrees): boolean {
  const [here, agreed] = [local.get(id), synced.get(id)];
  return nowId === id && here !== undefined && here.content !== null && here.content === agreed?.content && agreed.version === version;
}

const extensionOf = (name: string): string => splitExtension(name)[1].toLowerCase();
