import type { RootEngine } from './root-engine.ts';
import type { LocalRow, RemoteRow } from './rows.ts';
import type { StateStore } from './state-store.ts';

/** The folder that a thing lies in, by the server or else by this disk; undefined for what is unknown. */
export const parentIn =
  ({ remote, local }: Pick<StateStore, 'remote' | 'local'>) =>
  (id: string): string | null | undefined =>
    (remote.get(id) ?? local.get(id))?.parentId;

/** The path of a thing on this disk, or the one it would have. */
export function pathOfAny({ store, record }: Pick<RootEngine, 'store' | 'record'>, id: string): string {
  const { local, remote } = store;
  const names: string[] = [];
  for (let at: string | null = id; at !== null && at !== record.topId && names.length < 1_000;) {
    const here: LocalRow | undefined = local.get(at);
    const node: LocalRow | RemoteRow | undefined = here ?? remote.get(at);
    if (node === undefined) break;
    names.push(here?.diskName ?? node.name);
    at = node.parentId;
  }
  return names.reverse().join('/');
}
