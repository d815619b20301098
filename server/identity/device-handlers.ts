import { AppError } from '#shared/base/errors.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { deny } from '#shared/model/decision.ts';
import type { Role } from '#shared/model/member.ts';
import { denial } from '#shared/policy/denial.ts';
import type { AppendAudit, Database, PublicContext, RequestContext, Services } from '../context.ts';
import { directoryActs } from './directory-acts.ts';
import { requireAct } from './member-acts.ts';
import { devicesOf } from './member-devices.ts';
import { findMember } from './members.ts';
import type { Sessions } from './sessions.ts';

export type DeviceHandlers = Pick<
  Handlers<ServerContract, RequestContext>,
  'device.list' | 'device.untrust' | 'device.wipe' | 'device.cancelWipe'
>;
export type WipedDevices = Pick<Handlers<ServerContract, PublicContext>, 'device.wiped'>;

export interface DeviceOptions {
  readonly audit: AppendAudit;
  readonly sessions: Pick<Sessions, 'end' | 'announceEnd'>;
}

/** Why sessions of a wiped device ended. */
const wipedReason = 'device_wiped';
const unknownDevice = (): AppError => new AppError('not_found', 'No such device', { details: { reason: 'device_unknown' } });

/** What administrators do with devices (ACC-28, ACC-49, ACC-51). */
export function deviceHandlers(services: Services, { audit, sessions }: DeviceOptions): DeviceHandlers {
  const { database, random } = services;
  const runAct = directoryActs(services, audit);

  /** One act on a device of a member whom the asker may touch. */
  const act = async (
    context: RequestContext,
    action: string,
    deviceId: string,
    change: (transaction: Database, device: { id: string; memberId: string }) => Promise<Record<string, unknown>>,
  ): Promise<void> => {
    await runAct(context, {
      action,
      asked: deviceId,
      run: async (transaction) => {
        const row = await transaction
          .selectFrom('devices')
          .select(['id', 'member_id', 'name'])
          .where('tenant_id', '=', context.tenantId)
          .where('id', '=', deviceId)
          .executeTakeFirst();
        if (row === undefined) throw unknownDevice();
        const owner = await findMember(transaction, context.tenantId, row.member_id);
        requireAct(context, 'sessions', owner.role as Role);
        const details = await change(transaction, { id: row.id, memberId: row.member_id });
        return { value: null, target: row.id, details: { memberId: owner.member_id, device: row.name, ...details } };
      },
    });
  };
  const update = (transaction: Database, { tenantId }: RequestContext, id: string) =>
    transaction.updateTable('devices').where('tenant_id', '=', tenantId).where('id', '=', id);
  const shown = async ({ tenantId }: RequestContext, deviceId: string) => {
    const [device] = await devicesOf(database, services, tenantId, { deviceId, limit: 1 });
    if (device === undefined) throw unknownDevice();
    return { device };
  };

  return {
    'device.list': async ({ member, ...filter }, { tenantId }) => {
      const memberId = member === undefined ? undefined : (await findMember(database, tenantId, member)).id;
      return { devices: await devicesOf(database, services, tenantId, { ...filter, memberId }) };
    },

    'device.untrust': async ({ deviceId }, context) => {
      await act(context, 'device.untrust', deviceId, async (transaction, { id }) => {
        await update(transaction, context, id).set({ trusted_at: null, trusted_until: null }).execute();
        return {};
      });
      return {};
    },

    'device.wipe': async ({ deviceId }, context) => {
      const ended: string[] = [];
      let owner = '';
      await act(context, 'device.wipe', deviceId, async (transaction, { id, memberId }) => {
        owner = memberId;
        // The server's part of the key is gone with the order: what lies on that disk is noise, whether the device ever hears of it or not.
        const databaseKey = Buffer.from(random(32)).toString('base64url');
        const set = { wipe: 'ordered', database_key: databaseKey, trusted_at: null, trusted_until: null, sync_since: null };
        await update(transaction, context, id).set(set).execute();
        const open = await transaction
          .selectFrom('sessions')
          .select('id')
          .where('tenant_id', '=', context.tenantId)
          .where('device_id', '=', id)
          .where('ended_at', 'is', null)
          .execute();
        for (const session of open) await sessions.end(transaction, context.tenantId, session.id, wipedReason);
        ended.push(...open.map((session) => session.id));
        return { ended: ended.length };
      });
      for (const id of ended) sessions.announceEnd(context.tenantId, owner, id, wipedReason);
      return shown(context, deviceId);
    },

    'device.cancelWipe': async ({ deviceId }, context) => {
      await act(context, 'device.cancel_wipe', deviceId, async (transaction, { id }) => {
        const changed = await update(transaction, context, id)
          .set({ wipe: 'none' })
          .where('wipe', '=', 'ordered')
          .returning('id')
          .executeTakeFirst();
        if (changed === undefined) throw new AppError('conflict', 'There is no order', { details: { reason: 'wipe_over' } });
        return {};
      });
      return shown(context, deviceId);
    },
  };
}

/** ACC-51: a device says that it has erased what it held. Its key proves which one it is; it has no session any more. */
export const wipedDevices = ({ database }: Pick<Services, 'database'>, audit: AppendAudit): WipedDevices => ({
  'device.wiped': async (_input, context) => {
    const proof = await context.prove();
    if (proof.kind !== 'device') throw denial(deny('session_missing', 'ACC-42'));
    const done = await database
      .updateTable('devices')
      .set({ wipe: 'done' })
      .where('key_thumbprint', '=', proof.thumbprint)
      .where('wipe', '=', 'ordered')
      .returning(['tenant_id', 'id', 'member_id', 'name'])
      .execute();
    for (const row of done) {
      const { address } = context;
      const record = {
        actorId: row.member_id,
        action: 'device.wiped',
        target: row.id,
        address,
        client: null,
        details: { device: row.name },
      };
      await database.transaction().execute((transaction) => audit(transaction, row.tenant_id, { ...record, result: 'success' }));
    }
    return {};
  },
});

/** Refuses logins of a device that has still to erase what it holds. Throws `unauthenticated` with `device_wiped`. */
export async function requireNotWiped(database: Database, tenantId: string, thumbprint: string | null): Promise<void> {
  if (thumbprint === null) return;
  const row = await database
    .selectFrom('devices')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('key_thumbprint', '=', thumbprint)
    .where('wipe', '=', 'ordered')
    .executeTakeFirst();
  if (row !== undefined) throw denial(deny('device_wiped', 'ACC-51'));
}
