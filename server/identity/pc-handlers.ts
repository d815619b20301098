import { AppError } from '#shared/base/errors.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { PcsContract } from '#shared/contract/pcs.ts';
import type { AppendAudit, RequestContext, Services } from '../context.ts';
import { enrolPc, pcsOf, withdrawPc } from './pcs.ts';
import { setSingleLogin, wantsSingleLogin } from './single-login.ts';

export type PcHandlers = Handlers<PcsContract, RequestContext>;

/** Which PCs of a member sync (EXP-02), and logging in once only (EXP-03). */
export function pcHandlers(services: Pick<Services, 'database' | 'clock' | 'bus'>, audit: AppendAudit): PcHandlers {
  const { database, bus } = services;
  const listed = async (context: RequestContext) => ({ most: context.policy.sync.mostPcs, pcs: await pcsOf(database, context) });

  return {
    'pc.enrol': async (_input, context) => {
      const { kind } = context.session;
      // Only programs with a device of their own sync.
      if (kind !== 'pc-app' && kind !== 'drive-explorer')
        throw new AppError('denied', 'Not a PC', { details: { reason: 'not_supported' } });
      const most = context.policy.sync.mostPcs;
      const { enrolled, pcs, isNew } = await enrolPc(services, audit, context, most);
      // A PC that was withdrawn finds out that its place is taken.
      if (isNew) bus.publish({ tenantId: context.tenantId, audience: [context.member.id], event: { type: 'spaces.changed' } });
      return { enrolled, most, pcs: [...pcs] };
    },
    'pc.list': async (_input, context) => listed(context),
    'pc.withdraw': async ({ deviceId }, context) => {
      if (!(await withdrawPc(services, audit, context, deviceId))) throw new AppError('not_found', 'No such PC');
      return listed(context);
    },
    'account.singleLogin': async (_input, { tenantId, member }) => ({ on: await wantsSingleLogin(database, tenantId, member.id) }),
    'account.setSingleLogin': async ({ on }, context) => {
      await setSingleLogin(services, audit, context, on);
      return { on };
    },
  };
}
