import type { Node } from '#shared/model/drive.ts';
import { problemOf } from '../app/explain.ts';
import { actOnEach, failedText, mostAtOnce, type Acting } from './acting.ts';

/** Bytes that come and go, and programs of the PC. */
export interface TransferActions {
  /** Asks where to save; leaving the question ends it. Folders and several things become one zip. A browser saves in its own way. */
  readonly download: (nodes: readonly Node[], version?: number) => Promise<void>;
  readonly uploadFiles: (spaceId: string, folderId: string, files: readonly File[]) => Promise<void>;
  readonly chooseAndUpload: (spaceId: string, folderId: string, folders: boolean) => Promise<void>;
  /** In the system's program; what is saved there goes up as a new version. */
  readonly openExternally: (node: Node) => Promise<void>;
  /** Brings files to this PC and goes on with the drag as the system's own. */
  readonly dragOut: (nodes: readonly Node[]) => Promise<void>;
}

export function transferActions(acting: Acting): TransferActions {
  const { accountId, workspace, shell, sync, registerFiles, t, explain, toast, complain } = acting;
  const upload = async (spaceId: string, folderId: string, files: readonly { handle: string; name: string }[]) => {
    const names = files.map(({ name }) => name);
    try {
      for (let from = 0; from < files.length; from += mostAtOnce) {
        const handles = files.slice(from, from + mostAtOnce).map(({ handle }) => handle);
        await workspace['drive.upload']({ accountId, spaceId, folderId, handles });
      }
    } catch (error) {
      complain(failedText(acting, 'upload', names, error));
    }
  };
  /** Null when the person leaves the question; undefined where nobody asks. */
  const placeFor = async (name: string): Promise<string | null | undefined> =>
    shell === null ? undefined : (await shell['shell.chooseSavePlace']({ name })).handle;
  return {
    download: async (nodes, version) => {
      complain(null);
      const [first] = nodes;
      if (first === undefined) return;
      const names = nodes.map(({ name }) => name);
      try {
        if (nodes.length === 1 && first.kind === 'file') {
          const handle = await placeFor(first.name);
          if (handle === null) return;
          const which = { accountId, nodeId: first.id, handle: handle ?? null };
          await workspace['drive.download'](version === undefined ? which : { ...which, version });
          return;
        }
        const handle = await placeFor(`${nodes.length === 1 ? first.name : t('explorer:zipName', { name: first.name })}.zip`);
        if (handle === null) return;
        await workspace['drive.downloadZip']({ accountId, nodeIds: nodes.map(({ id }) => id), handle: handle ?? null });
      } catch (error) {
        complain(failedText(acting, 'download', names, error));
      }
    },
    uploadFiles: async (spaceId, folderId, files) => {
      complain(null);
      try {
        await upload(spaceId, folderId, await registerFiles(files));
      } catch (error) {
        const names = files.map(({ name }) => name);
        complain(failedText(acting, 'upload', names, error));
      }
    },
    chooseAndUpload: async (spaceId, folderId, folders) => {
      complain(null);
      try {
        const files =
          shell === null ? await registerFiles(await pickInBrowser(folders)) : (await shell['shell.chooseFiles']({ folders })).files;
        if (files.length > 0) await upload(spaceId, folderId, files);
      } catch (error) {
        complain(explain(problemOf(error)));
      }
    },
    openExternally: async (node) => {
      complain(null);
      const { id: nodeId, spaceId } = node;
      const done = await actOnEach(acting, 'openExternally', [node], async () => {
        // What is in a synced folder is opened there: saving it is enough.
        const inPair = await sync?.['sync.openNode']({ accountId, spaceId, nodeId });
        if (inPair?.opened !== true) await workspace['drive.openExternally']({ accountId, nodeId });
      });
      if (done.length > 0) toast({ text: t('explorer:openedExternally', { name: node.name }), icon: 'open' });
    },
    dragOut: async (nodes) => {
      complain(null);
      try {
        await workspace['drive.prepareDrag']({ accountId, nodeIds: nodes.map(({ id }) => id) });
      } catch (error) {
        const names = nodes.map(({ name }) => name);
        complain(failedText(acting, 'drag', names, error));
      }
    },
  };
}

/** The browser's own dialog for files or a folder; none when the person leaves it. */
function pickInBrowser(folders: boolean): Promise<File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.webkitdirectory = folders;
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}
