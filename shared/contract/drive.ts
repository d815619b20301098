import { z } from 'zod';
import { Node, Permission, Space } from '#shared/model/drive.ts';
import { FileKind } from '#shared/model/file-kind.ts';
import { Link, LinkOptions, LinkAccess } from '#shared/model/link.ts';
import { Preview } from '#shared/model/preview.ts';
import { Count, Id, Instant } from '#shared/model/ids.ts';
import { op } from './operation.ts';

/** ADM-08: everything here is part of the service Drive. */
const driveOp = <I extends z.ZodRawShape, O extends z.ZodRawShape>(input: I, output: O) =>
  op(input, output, 'member', { service: 'drive' });

/** Where a node lies: the names from its space's root (left out) down to its parent. */
export const Place = z.object({ spaceId: Id, spaceName: z.string(), names: z.array(z.string()) });
export type Place = z.infer<typeof Place>;
/** A node as it stands outside of its folder: in a search, among the starred ones, in what was used lately. */
export const PlacedNode = z.object({ node: Node, place: Place });
export type PlacedNode = z.infer<typeof PlacedNode>;

/** What somebody may do in a folder or drive; `*` is every member of the company. `inherited`: the folder above says so. */
export const FolderMember = z.object({ member: Id, permission: Permission, inherited: z.boolean() });
export type FolderMember = z.infer<typeof FolderMember>;
export const GivenPermission = z.object({ member: Id, permission: Permission });
export type GivenPermission = z.infer<typeof GivenPermission>;
const GivenPermissions = z.array(GivenPermission).max(1_000);

/** DRV-03. */
export const mostSharedDrives = 1_000;
export const mostMasters = 100;

/** What is kept of a drive beside its tree (DRV-02, TLK-62). Missing means: as it is. */
const SpaceProperties = {
  name: z.string().min(1).max(200).optional(),
  description: z.string().max(1_000).optional(),
  /** DRV-02: whether links may be made to what is in it. */
  links: z.boolean().optional(),
  /** TLK-62, room folders: uploads are told in the room; files of messages are kept in 「トークファイル」. */
  uploadNotices: z.boolean().optional(),
  keepTalkFiles: z.boolean().optional(),
};

/** One thing that happened to a file or folder (ADM-37). `what` is open for newer servers. */
export const Activity = z.object({
  id: Id,
  at: Instant,
  memberId: Id,
  /** `create`, `update`, `rename`, `move`, `copy`, `delete`, `purge`, `restore`, `restore_version`, `lock`, `unlock`, `permissions`, `link`, `unlink`, `upload_by_link`. */
  what: z.string(),
  nodeId: Id,
  name: z.string(),
  /** A name or place from before, the version, the scope of a link. */
  details: z.record(z.string(), z.unknown()),
});
export type Activity = z.infer<typeof Activity>;

/** A password for programs that can only do Basic (WebDAV). The password itself is shown once, when it is made. */
export const AppPassword = z.object({ id: Id, label: z.string(), createdAt: Instant, lastUsedAt: Instant.nullable() });
export type AppPassword = z.infer<typeof AppPassword>;

/** Drive beyond the tree itself, which is in `tenant.ts`. */
export const drive = {
  /** A node with where it lies: for addresses that lead to it, for its properties. Throws `not_found` for what the asker may not see. */
  'drive.node': driveOp({ nodeId: Id }, PlacedNode.shape),
  /** How much files and folders hold, with all that is in them. `versionBytes`: earlier versions besides. */
  'drive.measure': driveOp(
    { nodeIds: z.array(Id).min(1).max(1_000) },
    { files: Count, folders: Count, sizeBytes: Count, versionBytes: Count },
  ),
  /** Destroys nodes that are in the trash, with all that went along. Masters, owners, and whoever put it there may. */
  'drive.purge': driveOp({ spaceId: Id, nodeIds: z.array(Id).min(1).max(1_000) }, { purged: Count }),
  'drive.emptyTrash': driveOp({ spaceId: Id }, { purged: Count }),

  /** DRV-07: who may do what in a folder; its own list first, then what it has from above. */
  'drive.permissions': driveOp({ folderId: Id }, { members: z.array(FolderMember), restricted: z.boolean(), mayChange: z.boolean() }),
  /**
   * DRV-07: a folder says by itself who may do what (in a my drive this shares it), or, with null, has it from above again. Who is not
   * named keeps what they have from above. Refused with `permission_missing` for who is no master.
   */
  'drive.setPermissions': driveOp({ folderId: Id, members: GivenPermissions.nullable() }, { node: Node }),
  /** DRV-04: where the rule lets members make shared drives. The asker is its first master. */
  'drive.createShared': driveOp(
    { name: z.string().min(1).max(200), description: z.string().max(1_000).default(''), members: GivenPermissions },
    { space: Space },
  ),
  'drive.properties': driveOp(
    { spaceId: Id },
    {
      space: Space,
      masters: z.array(Id),
      members: z.array(GivenPermission),
      uploadNotices: z.boolean(),
      keepTalkFiles: z.boolean(),
      trashBytes: Count,
      versionBytes: Count,
    },
  ),
  /** Masters change a drive's properties, its masters and who may use it. `invalid` with `narrowed` where DRV-06 stands in the way. */
  'drive.setProperties': driveOp(
    { spaceId: Id, ...SpaceProperties, masters: z.array(Id).min(1).max(mostMasters).optional(), members: GivenPermissions.optional() },
    { space: Space },
  ),

  'drive.activity': driveOp(
    { spaceId: Id.optional(), nodeId: Id.optional(), before: Id.optional(), limit: z.number().int().min(1).max(200).default(50) },
    { entries: z.array(Activity), complete: z.boolean() },
  ),
  /** DRV-16: names and contents, in everything the asker may see or in one place. The best hits first. */
  'drive.search': driveOp(
    {
      text: z.string().max(200),
      spaceId: Id.optional(),
      folderId: Id.optional(),
      kinds: z.array(FileKind).max(11).optional(),
      since: Instant.optional(),
      until: Instant.optional(),
      updatedBy: Id.optional(),
      after: z.string().max(200).optional(),
      limit: z.number().int().min(1).max(100).default(30),
    },
    {
      hits: z.array(PlacedNode.extend({ found: z.enum(['name', 'content']), excerpt: z.string().nullable() })),
      after: z.string().nullable(),
      /** Files whose contents are still being read in: what is not found may be in them. */
      pending: Count,
    },
  ),
  'drive.setStarred': driveOp({ nodeIds: z.array(Id).min(1).max(1_000), starred: z.boolean() }, {}),
  'drive.starred': driveOp({}, { nodes: z.array(PlacedNode) }),
  /** Files that the asker opened, uploaded or changed lately. */
  'drive.recent': driveOp({ limit: z.number().int().min(1).max(200).default(50) }, { nodes: z.array(PlacedNode.extend({ at: Instant })) }),
  /** Quick access: folders that the asker pinned, in their order. */
  'drive.setPinned': driveOp({ folderIds: z.array(Id).max(50) }, {}),
  'drive.pinned': driveOp({}, { folders: z.array(PlacedNode) }),
  /** What the asker holds now (DRV-15). */
  'drive.locked': driveOp({}, { nodes: z.array(PlacedNode) }),
  /** DRV-17: how a file can be shown (docs/previews.md). Pictures of it come from `GET /api/files/:nodeId/preview/:page`. */
  'drive.preview': driveOp({ nodeId: Id, version: Count.optional() }, { preview: Preview }),

  /** DRV-13, DRV-14. Which links may be made to it now, and whether any. */
  'link.list': driveOp({ nodeId: Id }, { links: z.array(Link), mayCreate: z.boolean() }),
  'link.mine': driveOp({}, { links: z.array(Link.extend({ place: Place })) }),
  'link.create': driveOp({ nodeId: Id, ...LinkOptions }, { link: Link }),
  /** Everything but the scope may change (DRV-14). */
  'link.update': driveOp(
    {
      linkId: Id,
      expiresAt: Instant.nullable().optional(),
      password: z.string().min(4).max(128).nullable().optional(),
      addresses: z.array(z.string().max(200)).max(50).optional(),
      mayDownload: z.boolean().optional(),
      permission: z.enum(['read', 'edit']).optional(),
    },
    { link: Link },
  ),
  'link.delete': driveOp({ linkId: Id }, {}),
  'link.accesses': driveOp({ linkId: Id, before: Id.optional() }, { accesses: z.array(LinkAccess), complete: z.boolean() }),

  'appPassword.create': driveOp(
    { label: z.string().min(1).max(100) },
    { id: Id, password: z.string(), userName: z.string(), url: z.string() },
  ),
  'appPassword.list': driveOp({}, { passwords: z.array(AppPassword), url: z.string() }),
  'appPassword.remove': driveOp({ id: Id }, {}),
} as const;
export type DriveContract = typeof drive;
