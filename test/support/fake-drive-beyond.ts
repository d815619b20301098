import { AppError } from '#shared/base/errors.ts';
import type { PlacedNode } from '#shared/contract/drive.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import type { WorkspaceDriveContract } from '#shared/contract/workspace-drive.ts';
import type { Node } from '#shared/model/drive.ts';
import type { Link } from '#shared/model/link.ts';
import { fileKindOf } from '#shared/model/file-kind.ts';
import { foldedName } from '#shared/model/node-name.ts';
import { numberedName } from '#shared/model/numbered-name.ts';
import type { FakeDrive } from './fake-drive.ts';

/** Answers `workspaceDrive` out of a fake Drive. */
export function fakeDriveBeyond(
  drive: FakeDrive,
  memberId: string,
): Pick<Handlers<WorkspaceContract, undefined>, keyof WorkspaceDriveContract> {
  const { beyond } = drive;
  const placed = (node: Node): PlacedNode => ({
    node,
    place: {
      spaceId: node.spaceId,
      spaceName: drive.spaces.find(({ id }) => id === node.spaceId)?.name ?? '',
      names: drive
        .path(node.id)
        .slice(1)
        .map(({ name }) => name),
    },
  });
  const within = (node: Node): Node[] => [node, ...drive.children(node.id).flatMap(within)];
  const put = (nodeId: string, change: Partial<Node>): { node: Node } => {
    const node = { ...drive.get(nodeId), ...change };
    drive.nodes.set(nodeId, node);
    drive.changed(node.spaceId);
    return { node };
  };
  const free = (parentId: string, name: string): string => {
    const taken = new Set(drive.children(parentId).map((node) => foldedName(node.name)));
    for (let number = 1; ; number += 1) {
      const candidate = number === 1 ? name : numberedName(name, number);
      if (!taken.has(foldedName(candidate))) return candidate;
    }
  };
  const copyOf = (node: Node, parentId: string): Node => {
    const made = drive.add(parentId, free(parentId, node.name), node.content?.sizeBytes ?? null, Date.now(), memberId);
    for (const child of drive.children(node.id)) copyOf(child, made.id);
    return made;
  };
  const purge = (spaceId: string, gone: (node: Node) => boolean) => {
    const nodes = [...drive.nodes.values()].filter((node) => node.spaceId === spaceId && node.trashed && gone(node));
    for (const { id } of nodes) drive.purge(id);
    drive.changed(spaceId);
    return { purged: nodes.length };
  };
  const spaceOf = (spaceId: string) => {
    const space = drive.spaces.find(({ id }) => id === spaceId);
    if (space === undefined) throw new AppError('not_found', 'No such space');
    return space;
  };
  const linkOf = (linkId: string): Link => {
    const link = beyond.links.find(({ id }) => id === linkId);
    if (link === undefined) throw new AppError('not_found', 'No such link');
    return link;
  };

  return {
    'drive.node': async ({ nodeId }) => placed(drive.get(nodeId)),
    'drive.measure': async ({ nodeIds }) => {
      const all = nodeIds.flatMap((id) => within(drive.get(id)));
      const files = all.filter(({ kind }) => kind === 'file');
      const sizeBytes = files.reduce((sum, { content }) => sum + (content?.sizeBytes ?? 0), 0);
      return { files: files.length, folders: all.length - files.length, sizeBytes, versionBytes: 0 };
    },
    'drive.purge': async ({ spaceId, nodeIds }) => {
      drive.fail();
      return purge(spaceId, ({ id }) => nodeIds.includes(id));
    },
    'drive.emptyTrash': async ({ spaceId }) => {
      drive.fail();
      return purge(spaceId, () => true);
    },
    'drive.permissions': async ({ folderId }) => ({
      members: beyond.members.get(folderId) ?? [],
      restricted: drive.get(folderId).restricted === true,
      mayChange: spaceOf(drive.get(folderId).spaceId).isMaster,
    }),
    'drive.setPermissions': async ({ folderId, members }) => {
      drive.fail();
      if (members === null) beyond.members.delete(folderId);
      else
        beyond.members.set(
          folderId,
          members.map((member) => ({ ...member, inherited: false })),
        );
      return put(folderId, { restricted: members !== null });
    },
    'drive.createShared': async ({ name, description }) => {
      drive.fail();
      const space = { ...drive.addSpace(crypto.randomUUID(), 'shared', name), description, isMaster: true };
      drive.spaces.splice(-1, 1, space);
      drive.changed(space.id);
      return { space };
    },
    'drive.properties': async ({ spaceId }) => {
      const space = spaceOf(spaceId);
      const members = (beyond.members.get(space.rootId) ?? []).map(({ member, permission }) => ({ member, permission }));
      const masters = beyond.masters.get(spaceId) ?? [];
      return { space, masters, members, uploadNotices: true, keepTalkFiles: true, trashBytes: 0, versionBytes: 0 };
    },
    'drive.setProperties': async ({ spaceId, name, description, links, masters }) => {
      drive.fail();
      const old = spaceOf(spaceId);
      const space = { ...old, name: name ?? old.name, description: description ?? old.description, links: links ?? old.links };
      drive.spaces.splice(drive.spaces.indexOf(old), 1, space);
      if (masters !== undefined) beyond.masters.set(spaceId, masters);
      drive.changed(spaceId);
      return { space };
    },
    'drive.activity': async ({ nodeId }) => ({
      entries: beyond.activity.filter((entry) => nodeId === undefined || entry.nodeId === nodeId),
      complete: true,
    }),
    'drive.search': async ({ text, spaceId, folderId, kinds, since, updatedBy, limit }) => ({
      hits: [...drive.nodes.values()]
        .filter((node) => node.parentId !== null && !node.trashed)
        .filter(({ id, name }) => [name, beyond.contents.get(id) ?? ''].some((held) => foldedName(held).includes(foldedName(text))))
        .filter((node) => kinds === undefined || kinds.includes(fileKindOf(node)))
        .filter(({ updatedAt }) => since === undefined || updatedAt >= since)
        .filter((node) => updatedBy === undefined || node.updatedBy === updatedBy)
        .filter((node) => spaceId === undefined || node.spaceId === spaceId)
        .filter((node) => folderId === undefined || drive.path(node.id).some(({ id }) => id === folderId))
        .slice(0, limit)
        .map((node) => {
          const found = foldedName(node.name).includes(foldedName(text)) ? ('name' as const) : ('content' as const);
          return { ...placed(node), found, excerpt: found === 'name' ? null : beyond.contents.get(node.id)! };
        }),
      after: null,
      pending: beyond.pending,
    }),
    'drive.setStarred': async ({ nodeIds, starred }) => {
      for (const id of nodeIds)
        if (starred) beyond.starred.add(id);
        else beyond.starred.delete(id);
      return {};
    },
    'drive.starred': async () => ({ nodes: [...beyond.starred].map((id) => placed(drive.get(id))) }),
    'drive.recent': async ({ limit }) => ({
      nodes: beyond.recent.slice(0, limit).map(({ nodeId, at }) => ({ ...placed(drive.get(nodeId)), at })),
    }),
    'drive.setPinned': async ({ folderIds }) => {
      beyond.pinned.splice(0, beyond.pinned.length, ...folderIds);
      return {};
    },
    'drive.pinned': async () => ({ folders: beyond.pinned.map((id) => placed(drive.get(id))) }),
    'drive.locked': async () => ({ nodes: [...drive.nodes.values()].filter(({ lock }) => lock?.by === memberId).map(placed) }),
    'drive.preview': async ({ nodeId }) => ({ preview: beyond.previews.get(nodeId) ?? { kind: 'none', reason: 'unknown_type' } }),
    'link.list': async ({ nodeId }) => ({ links: beyond.links.filter((link) => link.nodeId === nodeId), mayCreate: true }),
    'link.mine': async () => ({ links: beyond.links.map((link) => ({ ...link, place: placed(drive.get(link.nodeId)).place })) }),
    'link.create': async ({ nodeId, scope, permission, mayDownload, password, addresses, expiresAt }) => {
      drive.fail();
      const { name, kind } = drive.get(nodeId);
      const id = crypto.randomUUID();
      const link: Link = {
        id,
        nodeId,
        nodeName: name,
        nodeKind: kind,
        url: `https://shiranami.hikyaku.example/l/${id}`,
        scope,
        permission: permission ?? 'read',
        mayDownload: mayDownload ?? true,
        hasPassword: (password ?? null) !== null,
        addresses: addresses ?? [],
        expiresAt: expiresAt ?? null,
        createdAt: Date.now(),
        createdBy: memberId,
        opened: 0,
        lastOpenedAt: null,
      };
      beyond.links.push(link);
      return { link };
    },
    'link.update': async ({ linkId, expiresAt, password, addresses, mayDownload, permission }) => {
      drive.fail();
      const old = linkOf(linkId);
      const link: Link = {
        ...old,
        expiresAt: expiresAt === undefined ? old.expiresAt : expiresAt,
        hasPassword: password === undefined ? old.hasPassword : password !== null,
        addresses: addresses ?? old.addresses,
        mayDownload: mayDownload ?? old.mayDownload,
        permission: permission ?? old.permission,
      };
      beyond.links = beyond.links.map((one) => (one.id === linkId ? link : one));
      return { link };
    },
    'link.delete': async ({ linkId }) => {
      beyond.links = beyond.links.filter(({ id }) => id !== linkOf(linkId).id);
      return {};
    },
    'link.accesses': async () => ({ accesses: [], complete: true }),
    'appPassword.create': async ({ label }) => {
      const id = crypto.randomUUID();
      beyond.passwords.push({ id, label, createdAt: Date.now(), lastUsedAt: null });
      return { id, password: 'kx7m-2p9q-w4tz-8rvn', userName: memberId, url: 'https://shiranami.hikyaku.example/dav/' };
    },
    'appPassword.list': async () => ({ passwords: beyond.passwords, url: 'https://shiranami.hikyaku.example/dav/' }),
    'appPassword.remove': async ({ id }) => {
      beyond.passwords.splice(0, beyond.passwords.length, ...beyond.passwords.filter((one) => one.id !== id));
      return {};
    },
    'drive.lock': async ({ nodeId }) => {
      drive.fail();
      return put(nodeId, { lock: { by: memberId, since: Date.now(), until: Date.now() + 86_400_000 } });
    },
    'drive.unlock': async ({ nodeId }) => {
      drive.fail();
      return put(nodeId, { lock: null });
    },
    'drive.copy': async ({ nodeIds, spaceId, folderId }) => {
      drive.fail();
      const nodes = nodeIds.map((id) => copyOf(drive.get(id), folderId));
      drive.changed(spaceId);
      return { nodes };
    },
    'drive.downloadZip': async ({ nodeIds }) => {
      const sizeBytes = nodeIds.flatMap((id) => within(drive.get(id))).reduce((sum, { content }) => sum + (content?.sizeBytes ?? 0), 0);
      const name = `${drive.get(nodeIds[0]!).name}.zip`;
      return { transferId: drive.start({ direction: 'down', name, spaceId: null, folderId: null, sizeBytes }) };
    },
    'drive.openExternally': async ({ nodeId }) => {
      drive.fail();
      const editId = crypto.randomUUID();
      beyond.edits.push({ id: editId, nodeId, name: drive.get(nodeId).name, state: 'open', reason: null, subject: null });
      drive.editsChanged();
      return { editId };
    },
    'drive.edits': async () => ({ edits: beyond.edits }),
    'drive.closeEdit': async ({ id }) => {
      beyond.edits = beyond.edits.filter((edit) => edit.id !== id);
      drive.editsChanged();
      return {};
    },
    'drive.prepareDrag': async ({ nodeIds }) => ({ dragId: crypto.randomUUID(), names: nodeIds.map((id) => drive.get(id).name) }),
    'content.base': async () => ({ url: beyond.contentUrl }),
    'transfer.pause': async ({ id }) => {
      drive.show(id, { state: 'paused', bytesPerSecond: 0 });
      return {};
    },
    'transfer.resume': async ({ id }) => {
      drive.show(id, { state: 'queued' });
      void drive.run(id);
      return {};
    },
    'transfer.pauseAll': async ({ paused }) => {
      const [from, to] = paused ? [['queued', 'running'], 'paused' as const] : [['paused'], 'queued' as const];
      for (const { id, state } of drive.transfers) {
        if (!from.includes(state)) continue;
        drive.show(id, { state: to, bytesPerSecond: 0 });
        if (!paused) void drive.run(id);
      }
      return {};
    },
  };
}
