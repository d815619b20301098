import type { Node } from '#shared/model/drive.ts';
import { actOnAll, actOnEach, failedText, mostAtOnce, type Acting, type Named } from './acting.ts';
import { undoSteps, type Done, type MovedItem, type UndoHistory } from './undo.ts';

/** Changes to the tree: each can be taken back where that is possible. */
export interface ChangeActions {
  /** Answers with what stood in the way, for the field in which the name is; null when it is done. */
  readonly rename: (node: Named, name: string) => Promise<string | null>;
  readonly move: (nodes: readonly Named[], to: { readonly id: string; readonly name: string }) => Promise<void>;
  /** Into a folder of any drive; returns the copies. */
  readonly copy: (
    nodes: readonly Named[],
    to: { readonly id: string; readonly name: string; readonly spaceId: string },
  ) => Promise<readonly Node[]>;
  readonly remove: (nodes: readonly Named[]) => Promise<void>;
  readonly restore: (spaceId: string, nodes: readonly Named[]) => Promise<void>;
  /** Destroys what is in the trash. */
  readonly purge: (spaceId: string, nodes: readonly Named[]) => Promise<void>;
  readonly emptyTrash: (spaceId: string) => Promise<void>;
  readonly createFolder: (spaceId: string, parentId: string, name: string) => Promise<Node | null>;
  readonly restoreVersion: (node: Node, version: number) => Promise<void>;
  /** Takes back the last thing done, or that one. */
  readonly undo: (done?: Done) => Promise<void>;
}

export function changeActions(acting: Acting, history: UndoHistory): ChangeActions {
  const { accountId, workspace, t, toast, complain, told } = acting;
  const move = async ({ id: nodeId, spaceId, name, parentId }: Named, to: MovedItem['to']): Promise<MovedItem> => {
    await workspace['drive.move']({ accountId, spaceId, nodeId, parentId: to.parentId, name: to.name });
    return { nodeId, from: { parentId: parentId ?? to.parentId, name }, to };
  };
  return {
    undo: async (wanted) => {
      const done = history.take(wanted);
      if (done === null) return;
      complain(null);
      const steps = undoSteps(done).map((step) => ({ ...step, name: step.kind === 'move' ? step.to.name : '' }));
      const results = await actOnEach(acting, 'undo', steps, async (step) => {
        const { spaceId } = step;
        if (step.kind === 'move') {
          await workspace['drive.move']({ accountId, spaceId, nodeId: step.nodeId, parentId: step.to.parentId, name: step.to.name });
          return;
        }
        const ask = step.kind === 'restore' ? workspace['drive.restore'] : workspace['drive.delete'];
        for (let from = 0; from < step.nodeIds.length; from += mostAtOnce)
          await ask({ accountId, spaceId, nodeIds: step.nodeIds.slice(from, from + mostAtOnce) });
      });
      if (results.length > 0) toast({ text: t('undone'), icon: 'done' });
    },
    rename: async (node, name) => {
      complain(null);
      try {
        const item = await move(node, { parentId: node.parentId ?? '', name });
        told(t('renamed', { name }), { kind: 'rename', spaceId: node.spaceId, items: [item] });
        return null;
      } catch (error) {
        return failedText(acting, 'rename', [node.name], error);
      }
    },
    move: async (nodes, to) => {
      const moving = nodes.filter(({ parentId }) => parentId !== to.id);
      if (moving.length === 0) return;
      complain(null);
      const items = await actOnEach(acting, 'move', moving, (node) => move(node, { parentId: to.id, name: node.name }));
      if (items.length > 0)
        told(t('moved', { count: items.length, folder: to.name }), { kind: 'move', spaceId: moving[0]!.spaceId, items });
    },
    copy: async (nodes, to) => {
      complain(null);
      const copies: Node[] = [];
      await actOnAll(acting, 'copy', nodes, async (nodeIds) => {
        copies.push(...(await workspace['drive.copy']({ accountId, nodeIds, spaceId: to.spaceId, folderId: to.id })).nodes);
      });
      if (copies.length > 0) {
        const nodeIds = copies.map(({ id }) => id);
        told(t('explorer:copied', { count: copies.length, folder: to.name }), { kind: 'copy', spaceId: to.spaceId, nodeIds });
      }
      return copies;
    },
    remove: async (nodes) => {
      const spaceId = nodes[0]?.spaceId;
      if (spaceId === undefined) return;
      complain(null);
      const done = await actOnAll(acting, 'delete', nodes, (nodeIds) => workspace['drive.delete']({ accountId, spaceId, nodeIds }));
      const text = nodes.length === 1 ? t('deletedOne', { name: nodes[0]!.name }) : t('deleted', { count: nodes.length });
      if (done) told(text, { kind: 'delete', spaceId, nodeIds: nodes.map(({ id }) => id) });
    },
    restore: async (spaceId, nodes) => {
      complain(null);
      const done = await actOnAll(acting, 'restore', nodes, (nodeIds) => workspace['drive.restore']({ accountId, spaceId, nodeIds }));
      if (done) toast({ text: t('restored', { count: nodes.length }), icon: 'done' });
    },
    purge: async (spaceId, nodes) => {
      complain(null);
      const done = await actOnAll(acting, 'purge', nodes, (nodeIds) => workspace['drive.purge']({ accountId, spaceId, nodeIds }));
      if (done) toast({ text: t('explorer:purged', { count: nodes.length }), icon: 'trash' });
    },
    emptyTrash: async (spaceId) => {
      complain(null);
      try {
        const { purged } = await workspace['drive.emptyTrash']({ accountId, spaceId });
        toast({ text: t('explorer:purged', { count: purged }), icon: 'trash' });
      } catch (error) {
        complain(failedText(acting, 'purge', [t('trash')], error));
      }
    },
    createFolder: async (spaceId, parentId, name) => {
      complain(null);
      const [node] = await actOnEach(
        acting,
        'create',
        [{ name }],
        async () => (await workspace['drive.createFolder']({ accountId, spaceId, parentId, name })).node,
      );
      return node ?? null;
    },
    restoreVersion: async (node, version) => {
      complain(null);
      const done = await actOnEach(acting, 'restore', [node], () =>
        workspace['drive.restoreVersion']({ accountId, spaceId: node.spaceId, nodeId: node.id, version }),
      );
      if (done.length > 0) toast({ text: t('versionRestored', { version }), icon: 'history' });
    },
  };
}
