import { AppError } from '#shared/base/errors.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { deny } from '#shared/model/decision.ts';
import { denial } from '#shared/policy/denial.ts';
import type { AppendAudit, RequestContext, Services } from '../context.ts';
import { spaceAccess } from '../content/space-access.ts';
import { announceChange, readersOf } from './audience.ts';
import { readableNode } from './browse.ts';
import { changeSpace, type LinksOff } from './change-space.ts';
import { measure } from './measure.ts';
import { lockSpace } from './mutate.ts';
import { permissionsOf, spaceMembers } from './permissions.ts';
import { placedNodes } from './placed.ts';
import { setPermissions } from './set-permissions.ts';
import { makeSharedDrive, resolveMembers } from './shared-drives.ts';
import { heldBesides } from './space-sizes.ts';
import { readableView, type View } from './view.ts';
import { visibleSpace } from './visible-spaces.ts';

type AccessOperation = `drive.${'node' | 'measure' | 'permissions' | 'setPermissions' | 'createShared' | 'properties' | 'setProperties'}`;

/** Who may do what where, and what is known of folders and drives beside their trees. */
export function accessHandlers(
  services: Services,
  { audit, linksOff }: { readonly audit: AppendAudit; readonly linksOff: LinksOff },
): Pick<Handlers<ServerContract, RequestContext>, AccessOperation> {
  const { database, bus } = services;
  const readerOf = ({ tenantId, member }: RequestContext) => ({ tenantId, memberId: member.id });
  const by = (context: RequestContext) => ({ actorId: context.member.id, address: context.address, client: context.session.kind });

  /** Notes down that somebody tried what they may not, and says so. */
  const refuse = async (context: RequestContext, action: string, target: string | null, rule: string): Promise<never> => {
    const record = { ...by(context), action, target, result: 'denied', details: {} } as const;
    await database.transaction().execute((transaction) => audit(transaction, context.tenantId, record));
    throw denial(deny('permission_missing', rule));
  };

  /** A space that the asker has in charge. */
  const inCharge = async (context: RequestContext, spaceId: string, action: string): Promise<View> => {
    const view = await readableView(database, readerOf(context), spaceId);
    return view.access.master ? view : refuse(context, action, spaceId, 'DRV-02');
  };

  return {
    'drive.node': async ({ nodeId }, context) => {
      const { row } = await readableNode(database, readerOf(context), nodeId);
      return (await placedNodes(database, readerOf(context), [row]))[0]!;
    },

    'drive.measure': async ({ nodeIds }, context) => measure(database, readerOf(context), nodeIds),

    'drive.permissions': async ({ folderId }, context) => permissionsOf(database, readerOf(context), folderId),

    'drive.setPermissions': async ({ folderId, members }, context) => ({
      node: await setPermissions(services, audit, context, folderId, members),
    }),

    'drive.createShared': async ({ name, description, members }, context) => {
      const { tenantId, member, policy } = context;
      const may = policy.drive.createSharedDrives === 'members' || member.rights.includes('services');
      if (!may) return refuse(context, 'space.create', null, 'DRV-04');
      const id = await database.transaction().execute(async (transaction) => {
        const permissions = await resolveMembers(transaction, tenantId, members);
        const drive = {
          name,
          permissions,
          masters: new Set([member.id]),
          properties: { description: plain(description) },
          createdBy: member.id,
        };
        return makeSharedDrive(transaction, services, audit, tenantId, drive, by(context));
      });
      bus.publish({ tenantId, audience: await readersOf(database, tenantId, id), event: { type: 'spaces.changed' } });
      return { space: await visibleSpace(database, await readableView(database, readerOf(context), id), policy) };
    },

    'drive.properties': async ({ spaceId }, context) => {
      const view = await readableView(database, readerOf(context), spaceId);
      const space = await visibleSpace(database, view, context.policy);
      const isWhole = view.id === view.space.id;
      // Whom a folder of somebody's my drive was shared with, `drive.permissions` says.
      const all = isWhole ? [...(await spaceMembers(database, context.tenantId, view.space.id))] : [];
      const sizes = isWhole ? await heldBesides(database, view.space) : { trashBytes: 0, versionBytes: 0 };
      return {
        space,
        masters: all.flatMap(([id, { master }]) => (master ? [id] : [])),
        members: all.flatMap(([member, { permission, master }]) => (master ? [] : [{ member, permission }])),
        uploadNotices: view.space.upload_notices === 1,
        keepTalkFiles: view.space.keep_talk_files === 1,
        ...sizes,
      };
    },

    'drive.setProperties': async ({ spaceId, name, description, links, uploadNotices, keepTalkFiles, masters, members }, context) => {
      const { tenantId } = context;
      const held = await inCharge(context, spaceId, 'space.update');
      const { space: asked } = held;
      const changesPeople = name !== undefined || masters !== undefined || members !== undefined;
      if (changesPeople && asked.kind !== 'shared') {
        throw new AppError('invalid', 'Only shared drives have a name and members of their own', { details: { reason: 'not_supported' } });
      }
      const before = await readersOf(database, tenantId, asked.id);
      const changed = await database.transaction().execute(async (transaction) => {
        const space = await lockSpace(transaction, tenantId, asked.id);
        const inChargeThen = masters?.map((member) => ({ member, permission: 'edit' as const }));
        const next = await changeSpace(transaction, space, {
          name,
          properties: {
            ...(description === undefined ? {} : { description: plain(description) }),
            ...(links === undefined ? {} : { links: Number(links) }),
            ...(uploadNotices === undefined ? {} : { upload_notices: Number(uploadNotices) }),
            ...(keepTalkFiles === undefined ? {} : { keep_talk_files: Number(keepTalkFiles) }),
          },
          masters: inChargeThen && new Set((await resolveMembers(transaction, tenantId, inChargeThen)).keys()),
          members: members && (await resolveMembers(transaction, tenantId, members)),
        });
        if (links === false) await linksOff(transaction, tenantId, space.id, by(context));
        const said = { name, description, links, uploadNotices, keepTalkFiles, masters, members };
        const details = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
        await audit(transaction, tenantId, { ...by(context), action: 'space.update', target: space.id, result: 'success', details });
        return { space: next, moved: next.sequence > space.sequence };
      });
      const after = await readersOf(database, tenantId, asked.id);
      const audience = before === null || after === null ? null : [...new Set([...before, ...after])];
      bus.publish({ tenantId, audience, event: { type: 'spaces.changed' } });
      if (changed.moved) await announceChange(services, changed.space);
      // Who gave the drive into other hands may not see it any more.
      const stays = (await spaceAccess(database, readerOf(context), [asked.id])).get(asked.id)?.permission !== 'none';
      const view = stays ? await readableView(database, readerOf(context), asked.id) : { ...held, space: changed.space };
      return { space: await visibleSpace(database, view, context.policy) };
    },
  };
}

/** Text that PostgreSQL can hold. */
const plain = (text: string): string => text.toWellFormed().replaceAll('\u0000', '');
