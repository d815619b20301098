import { AppError } from '#shared/base/errors.ts';
import { connect } from '#shared/contract/operation.ts';
import { SyncKeep } from '#shared/contract/sync-keeping.ts';
import { tenant } from '#shared/contract/tenant.ts';
import type { Space } from '#shared/model/drive.ts';
import { foldedName } from '#shared/model/node-name.ts';
import type { SyncAccount } from './account.ts';
import { enrol, withdrawPc } from './enrolment.ts';
import { decide } from './keep-orders.ts';
import { statesIn } from './node-states.ts';
import type { RootEngine } from './root-engine.ts';

/** What the headless command is told about what is to be here; paths as they are on the server, below the synced folder. */
export interface KeepArguments {
  readonly always: readonly string[];
  readonly free: readonly string[];
  /** A folder whose states are told; undefined for none. */
  readonly states: string | undefined;
}

/** `--keep`; undefined where it is not given. Throws `invalid` for anything else. */
export function keepOption(value: string | undefined): SyncKeep | undefined {
  const keep = SyncKeep.optional().safeParse(value);
  if (!keep.success) throw new AppError('invalid', '--keep takes always or online_only');
  return keep.data;
}

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '');
const missing = (path: string): AppError => new AppError('invalid', `There is no ${path} on the server`);

/** The folder of a space that a path names. Throws `invalid` where there is none. */
export async function driveFolderAt(account: Pick<SyncAccount, 'transport'>, space: Space, path: string): Promise<string> {
  let id = space.rootId;
  for (const name of partsOf(path)) {
    const { nodes } = await connect(tenant, account.transport.call)['drive.children']({ folderId: id });
    const found = nodes.find((node) => node.kind === 'folder' && foldedName(node.name) === foldedName(name));
    if (found === undefined) throw missing(path);
    id = found.id;
  }
  return id;
}

function nodeAt({ store, record }: RootEngine, path: string): string {
  let id = record.topId;
  for (const name of partsOf(path)) {
    const found = store.remote.children(id).find((node) => !node.trashed && foldedName(node.name) === foldedName(name));
    if (found === undefined) throw missing(path);
    id = found.id;
  }
  return id;
}

/** Carries the decisions out; what could not be freed is told, with its reason. */
export async function applyKeeping(engine: RootEngine, { always, free }: KeepArguments, tell: (line: string) => void): Promise<void> {
  if (always.length > 0)
    await decide(
      engine,
      always.map((path) => nodeAt(engine, path)),
      'always',
    );
  if (free.length === 0) return;
  const { kept } = await decide(
    engine,
    free.map((path) => nodeAt(engine, path)),
    'online_only',
  );
  for (const { path, reason } of kept) tell(`  not freed: ${path} (${reason})\n`);
}

/** One line for each thing in a folder: its state, its name, and why where there is a reason. */
export function statesText(engine: RootEngine, path: string, json: boolean): string {
  const states = statesIn(engine, nodeAt(engine, path)).map(({ nodeId, ...state }) => ({
    name: engine.store.remote.get(nodeId)!.name,
    ...state,
  }));
  if (json) return `${JSON.stringify({ states })}\n`;
  return states.map(({ name, state, reason }) => `  ${state}: ${name}${reason === undefined ? '' : ` (${reason})`}\n`).join('');
}

/**
 * EXP-02: this run syncs on one of the member's PCs. Returns what ends that, for a run of which nothing is kept. Throws `denied` with `too_many_pcs`.
 */
export async function enrolRun(account: Pick<SyncAccount, 'transport'>, isKept: boolean): Promise<() => Promise<void>> {
  const { enrolled, pcs, most } = await enrol(account);
  const names = pcs.map(({ name }) => name).join(', ');
  if (!enrolled) throw new AppError('denied', `Only ${most} PCs may sync; there are: ${names}`, { details: { reason: 'too_many_pcs' } });
  const own = pcs.find(({ current }) => current);
  return async () => {
    // Offline by now, or logged out: it counts until a person withdraws it.
    if (!isKept && own !== undefined) await withdrawPc(account, own.deviceId).catch(() => undefined);
  };
}
