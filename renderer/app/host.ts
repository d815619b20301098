import { connect, type Client, type Contract, type Reply } from '#shared/contract/operation.ts';
import { shell, type ShellContract } from '#shared/contract/shell.ts';
import { sync, type SyncContract } from '#shared/contract/sync.ts';
import { FileHandle, WorkspaceEvent, workspace, type WorkspaceContract } from '#shared/contract/workspace.ts';
import { listingReader } from './listing-reader.ts';

/** What stands behind the renderer: the app's preload bridge, or the browser edition's own client. */
export interface Bridge {
  call(name: string, input: unknown): Promise<Reply>;
  /** Returns the function that stops listening. */
  onEvent(listener: (event: unknown) => void): () => void;
  /** Hands picked, dropped or pasted files to the host; the renderer never learns a path. */
  registerFiles(files: File[]): Promise<FileHandle[]>;
}

declare global {
  interface Window {
    readonly hikyaku?: Bridge;
  }
}

/** The typed host. `shell` and `sync` exist only in the app. */
export interface Host {
  readonly workspace: Client<WorkspaceContract>;
  readonly shell: Client<ShellContract> | null;
  readonly sync: Client<SyncContract> | null;
  /** Hears every event of the host; events of newer hosts are left out. Returns the function that stops it. */
  onEvent(listener: (event: WorkspaceEvent) => void): () => void;
  registerFiles(files: readonly File[]): Promise<FileHandle[]>;
}

/** Types a bridge. `edition` says whether the shell and sync stand behind it. */
export function makeHost(bridge: Bridge, edition: 'app' | 'browser'): Host {
  const client = <C extends Contract>(contract: C): Client<C> => connect(contract, (name, input) => bridge.call(name, input));
  const listeners = new Set<(event: WorkspaceEvent) => void>();
  const own = client(workspace);
  const children = listingReader(own['drive.children'], (event) => {
    for (const listener of listeners) listener(event);
  });
  return {
    workspace: { ...own, 'drive.children': (input) => children(workspace['drive.children'].input.parse(input)) },
    shell: edition === 'app' ? client(shell) : null,
    sync: edition === 'app' ? client(sync) : null,
    onEvent: (listener) => {
      listeners.add(listener);
      const stop = bridge.onEvent((raw) => {
        const event = WorkspaceEvent.safeParse(raw);
        if (event.success) listener(event.data);
      });
      return () => {
        listeners.delete(listener);
        stop();
      };
    },
    registerFiles: async (files) => (await bridge.registerFiles([...files])).map((handle) => FileHandle.parse(handle)),
  };
}
