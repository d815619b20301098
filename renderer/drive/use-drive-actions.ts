import { useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Node } from '#shared/model/drive.ts';
import { useAccount, useHost } from '../app/host-context.tsx';
import { problemOf, useExplain } from '../app/explain.ts';
import { useToast, type ToastContent } from '../ui/toast.tsx';
import { UndoHistory, undoSteps, type Done, type MovedItem } from './undo.ts';

type What = 'move' | 'rename' | 'delete' | 'restore' | 'create' | 'upload' | 'download' | 'undo';
type Named = Pick<Node, 'id' | 'name' | 'parentId' | 'spaceId'>;

/** What people do in Drive: each answers when the host has, tells what did not happen where it is seen, and can be taken back where that is possible. */
export interface DriveActions {
  /** What did not happen last, as a sentence. */
  readonly problem: string | null;
  readonly dismiss: () => void;
  readonly complain: (text: string) => void;
  readonly rename: (node: Named, name: string) => Promise<void>;
  readonly move: (nodes: readonly Named[], to: { readonly id: string; readonly name: string }) => Promise<void>;
  readonly remove: (nodes: readonly Named[]) => Promise<void>;
  readonly restore: (spaceId: string, nodes: readonly Named[]) => Promise<void>;
  readonly createFolder: (spaceId: string, parentId: string, name: string) => Promise<Node | null>;
  readonly restoreVersion: (node: Node, version: number) => Promise<void>;
  /** Asks where to put each file, one after another; leaving the question ends it. A browser saves in its own way. */
  readonly download: (nodes: readonly Node[], version?: number) => Promise<void>;
  readonly uploadFiles: (spaceId: string, folderId: string, files: readonly File[]) => Promise<void>;
  readonly chooseAndUpload: (spaceId: string, folderId: string, folders: boolean) => Promise<void>;
  /** Takes back the last thing done, or that one. */
  readonly undo: (done?: Done) => Promise<void>;
}

const mostAtOnce = 1_000;

export function useDriveActions(): DriveActions {
  const { t } = useTranslation('drive');
  const { workspace, shell, registerFiles } = useHost();
  const { accountId } = useAccount();
  const explain = useExplain();
  const show = useToast();
  const [problem, complain] = useState<string | null>(null);
  const history = useRef(new UndoHistory());
  const dismiss = useCallback(() => complain(null), []);

  return useMemo(() => {
    const toast = (content: ToastContent) => show({ key: 'drive', ...content });
    const thing = (names: readonly string[]) =>
      names.length > 1 ? t('severalThings', { name: names[0]!, count: names.length - 1 }) : t('oneThing', { name: names[0] ?? '' });
    const failed = (what: What, names: readonly string[], error: unknown) =>
      complain(`${t(`${what}Failed`, { what: thing(names) })}${t('space')}${explain(problemOf(error))}`);
    /** Does one thing for each, and complains once about those that failed. Returns what was done. */
    const each = async <Item extends { name: string }, Result>(
      what: What,
      items: readonly Item[],
      act: (item: Item) => Promise<Result>,
    ): Promise<Result[]> => {
      const done: Result[] = [];
      const notDone: string[] = [];
      let first: unknown = null;
      for (const item of items) {
        try {
          done.push(await act(item));
        } catch (error) {
          first ??= error;
          notDone.push(item.name);
        }
      }
      if (notDone.length > 0) failed(what, notDone, first);
      return done;
    };
    const told = (text: string, done: Done) => {
      history.current.push(done);
      toast({ text, icon: done.kind === 'delete' ? 'trash' : 'done', action: { text: t('undo'), onPress: () => void undo(done) } });
    };
    const moveOne = async ({ id: nodeId, spaceId, name, parentId }: Named, to: MovedItem['to']): Promise<MovedItem> => {
      await workspace['drive.move']({ accountId, spaceId, nodeId, parentId: to.parentId, name: to.name });
      return { nodeId, from: { parentId: parentId ?? to.parentId, name }, to };
    };

    async function undo(wanted?: Done): Promise<void> {
      const done = history.current.take(wanted);
      if (done === null) return;
      complain(null);
      const steps = undoSteps(done).map((step) => ({ ...step, name: step.kind === 'move' ? step.to.name : '' }));
      const results = await each('undo', steps, async (step) => {
        if (step.kind === 'restore') await workspace['drive.restore']({ accountId, spaceId: step.spaceId, nodeIds: [...step.nodeIds] });
        else
          await workspace['drive.move']({
            accountId,
            spaceId: step.spaceId,
            nodeId: step.nodeId,
            parentId: step.to.parentId,
            name: step.to.name,
          });
      });
      if (results.length > 0) toast({ text: t('undone'), icon: 'done' });
    }

    const upload = async (spaceId: string, folderId: string, files: readonly { handle: string; name: string }[]) => {
      const names = files.map(({ name }) => name);
      try {
        for (let from = 0; from < files.length; from += mostAtOnce) {
          const handles = files.slice(from, from + mostAtOnce).map(({ handle }) => handle);
          await workspace['drive.upload']({ accountId, spaceId, folderId, handles });
        }
      } catch (error) {
        failed('upload', names, error);
      }
    };

    return {
      problem,
      dismiss,
      complain,
      undo,
      rename: async (node, name) => {
        complain(null);
        const items = await each('rename', [node], (one) => moveOne(one, { parentId: one.parentId ?? '', name }));
        if (items.length > 0) told(t('renamed', { name }), { kind: 'rename', spaceId: node.spaceId, items });
      },
      move: async (nodes, to) => {
        const moving = nodes.filter(({ parentId }) => parentId !== to.id);
        if (moving.length === 0) return;
        complain(null);
        const items = await each('move', moving, (node) => moveOne(node, { parentId: to.id, name: node.name }));
        if (items.length > 0)
          told(t('moved', { count: items.length, folder: to.name }), { kind: 'move', spaceId: moving[0]!.spaceId, items });
      },
      remove: async (nodes) => {
        const spaceId = nodes[0]?.spaceId;
        if (spaceId === undefined) return;
        complain(null);
        const nodeIds = nodes.map(({ id }) => id);
        try {
          for (let from = 0; from < nodeIds.length; from += mostAtOnce) {
            await workspace['drive.delete']({ accountId, spaceId, nodeIds: nodeIds.slice(from, from + mostAtOnce) });
          }
          const text = nodes.length === 1 ? t('deletedOne', { name: nodes[0]!.name }) : t('deleted', { count: nodes.length });
          told(text, { kind: 'delete', spaceId, nodeIds });
        } catch (error) {
          failed(
            'delete',
            nodes.map(({ name }) => name),
            error,
          );
        }
      },
      restore: async (spaceId, nodes) => {
        complain(null);
        try {
          await workspace['drive.restore']({ accountId, spaceId, nodeIds: nodes.map(({ id }) => id) });
          toast({ text: t('restored', { count: nodes.length }), icon: 'done' });
        } catch (error) {
          failed(
            'restore',
            nodes.map(({ name }) => name),
            error,
          );
        }
      },
      createFolder: async (spaceId, parentId, name) => {
        complain(null);
        const [node] = await each(
          'create',
          [{ name }],
          async () => (await workspace['drive.createFolder']({ accountId, spaceId, parentId, name })).node,
        );
        return node ?? null;
      },
      restoreVersion: async (node, version) => {
        complain(null);
        const done = await each('restore', [node], () =>
          workspace['drive.restoreVersion']({ accountId, spaceId: node.spaceId, nodeId: node.id, version }),
        );
        if (done.length > 0) toast({ text: t('versionRestored', { version }), icon: 'history' });
      },
      download: async (nodes, version) => {
        complain(null);
        for (const node of nodes) {
          try {
            const handle = shell === null ? null : (await shell['shell.chooseSavePlace']({ name: node.name })).handle;
            if (shell !== null && handle === null) return;
            await workspace['drive.download']({ accountId, nodeId: node.id, handle, ...(version === undefined ? {} : { version }) });
          } catch (error) {
            return failed('download', [node.name], error);
          }
        }
      },
      uploadFiles: async (spaceId, folderId, files) => {
        complain(null);
        try {
          await upload(spaceId, folderId, await registerFiles(files));
        } catch (error) {
          failed(
            'upload',
            files.map(({ name }) => name),
            error,
          );
        }
      },
      chooseAndUpload: async (spaceId, folderId, folders) => {
        complain(null);
        try {
          const files = shell === null ? await registerFiles(await pickInBrowser()) : (await shell['shell.chooseFiles']({ folders })).files;
          if (files.length > 0) await upload(spaceId, folderId, files);
        } catch (error) {
          complain(explain(problemOf(error)));
        }
      },
    };
  }, [t, workspace, shell, registerFiles, accountId, explain, show, problem, dismiss]);
}

/** The browser's own dialog for files; none when the person leaves it. */
function pickInBrowser(): Promise<File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}
