import { AppError } from '#shared/base/errors.ts';
import { connect } from '#shared/contract/operation.ts';
import { pcs, type Pc } from '#shared/contract/pcs.ts';
import type { SyncAccount } from './account.ts';

/** What the server says of the person's PCs (EXP-02). */
export interface Enrolment {
  readonly enrolled: boolean;
  readonly most: number;
  readonly pcs: readonly Pc[];
}

const server = ({ transport }: Pick<SyncAccount, 'transport'>) => connect(pcs, transport.call);

/** Says that this PC syncs. A server that knows nothing of that has no limit either. */
export async function enrol(account: Pick<SyncAccount, 'transport'>): Promise<Enrolment> {
  try {
    return await server(account)['pc.enrol']({});
  } catch (error) {
    if (AppError.from(error).code === 'not_found') return { enrolled: true, most: 0, pcs: [] };
    throw error;
  }
}

export const listPcs = (account: Pick<SyncAccount, 'transport'>) => server(account)['pc.list']({});
export const withdrawPc = (account: Pick<SyncAccount, 'transport'>, deviceId: string) => server(account)['pc.withdraw']({ deviceId });
