import { z } from 'zod';
import { Node } from '#shared/model/drive.ts';
import { AccountId, Id, Uuid } from '#shared/model/ids.ts';
import { drive } from './drive.ts';
import { op } from './operation.ts';

const of = { accountId: AccountId };

type Fields<K extends keyof typeof drive> =
  (typeof drive)[K]['input'] extends z.ZodObject<infer S> ? { [F in keyof (S & typeof of)]: (S & typeof of)[F] } : never;

/** An operation of the server, asked for one of the client's accounts. Answers come from the server: `unavailable` while offline. */
const passed = <K extends keyof typeof drive>(name: K) => {
  const { input, output, access, needs } = drive[name];
  return {
    input: input.extend(of) as unknown as z.ZodObject<Fields<K>>,
    output: output as (typeof drive)[K]['output'],
    access,
    needs,
  };
};

/** Where the pictures of previews and the bytes of media are for this host: paths are appended. In the app a scheme of its own, in a browser the server. */
export const ContentBase = z.object({ url: z.string() });

/** Drive beyond the tree itself, as the renderer asks its host for it. */
export const workspaceDrive = {
  'drive.node': passed('drive.node'),
  'drive.measure': passed('drive.measure'),
  'drive.purge': passed('drive.purge'),
  'drive.emptyTrash': passed('drive.emptyTrash'),
  'drive.permissions': passed('drive.permissions'),
  'drive.setPermissions': passed('drive.setPermissions'),
  'drive.createShared': passed('drive.createShared'),
  'drive.properties': passed('drive.properties'),
  'drive.setProperties': passed('drive.setProperties'),
  'drive.activity': passed('drive.activity'),
  'drive.search': passed('drive.search'),
  'drive.setStarred': passed('drive.setStarred'),
  'drive.starred': passed('drive.starred'),
  'drive.recent': passed('drive.recent'),
  'drive.setPinned': passed('drive.setPinned'),
  'drive.pinned': passed('drive.pinned'),
  'drive.locked': passed('drive.locked'),
  'drive.preview': passed('drive.preview'),
  'link.list': passed('link.list'),
  'link.mine': passed('link.mine'),
  'link.create': passed('link.create'),
  'link.update': passed('link.update'),
  'link.delete': passed('link.delete'),
  'link.accesses': passed('link.accesses'),
  'appPassword.create': passed('appPassword.create'),
  'appPassword.list': passed('appPassword.list'),
  'appPassword.remove': passed('appPassword.remove'),

  /** DRV-15. */
  'drive.lock': op({ ...of, spaceId: Id, nodeId: Id }, { node: Node }),
  'drive.unlock': op({ ...of, spaceId: Id, nodeId: Id }, { node: Node }),
  /** Into a folder of the same or another space; a name that is taken gets a number. Not a byte is sent. */
  'drive.copy': op({ ...of, nodeIds: z.array(Id).min(1).max(1_000), spaceId: Id, folderId: Id }, { nodes: z.array(Node) }),
  /** Folders and several files at once as one zip; in the app `handle` says where to save. */
  'drive.downloadZip': op({ ...of, nodeIds: z.array(Id).min(1).max(1_000), handle: Id.nullable() }, { transferId: Uuid.nullable() }),
  /**
   * Opens a file in the system's program (app only). While it is open there, what is saved goes up as a new version; a file that somebody
   * else changed meanwhile is not overwritten: the person's becomes a copy beside it, and they are told.
   */
  /** `lock`: and nobody else changes it while it is open (DRV-15), where that is granted. */
  'drive.openExternally': op({ ...of, nodeId: Id, lock: z.boolean().optional() }, { editId: Uuid }),
  /** Files that are open in other programs. `state`: `open`, `saving`, `saved`, `failed` (with reason), `conflict` (a copy was made). */
  'drive.edits': op(of, {
    edits: z.array(
      z.object({
        id: Uuid,
        nodeId: Id,
        name: z.string(),
        state: z.enum(['fetching', 'open', 'saving', 'saved', 'failed', 'conflict']),
        reason: z.string().nullable(),
        subject: z.string().nullable(),
      }),
    ),
  }),
  /** Sends what is not sent yet and removes the copy. Throws `conflict` with the reason while something cannot be sent, unless it is to be discarded. */
  'drive.closeEdit': op({ ...of, id: Uuid, discard: z.boolean().optional() }, {}),
  /** Brings files into a folder of their own and begins the drag to the desktop (app only). Resolves when they are there. */
  'drive.prepareDrag': op({ ...of, nodeIds: z.array(Id).min(1).max(100) }, { dragId: Uuid, names: z.array(z.string()) }),
  /** Base address of previews: `<url>/files/<nodeId>/preview/<page>?width=…`, `<url>/files/<nodeId>/content`. */
  'content.base': op(of, ContentBase.shape),
  'transfer.pause': op({ ...of, id: Uuid }, {}),
  'transfer.resume': op({ ...of, id: Uuid }, {}),
  /** Everything that waits or runs, paused or resumed. */
  'transfer.pauseAll': op({ ...of, paused: z.boolean() }, {}),
} as const;
export type WorkspaceDriveContract = typeof workspaceDrive;
