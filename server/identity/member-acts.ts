import type { Role } from '#shared/model/member.ts';
import { decideMemberAct, type MemberAct } from '#shared/policy/decide-member.ts';
import { denial } from '#shared/policy/denial.ts';
import type { AppendAudit, AuditRecord, Database, RequestContext } from '../context.ts';
import { directoryActs } from './directory-acts.ts';
import { findMember, type MemberRow } from './members.ts';

/** Throws `denied` when the asker may not do this to somebody of that role. */
export function requireAct(context: RequestContext, act: MemberAct, target: Role): void {
  const decision = decideMemberAct(act, context.member, target);
  if (decision.effect === 'deny') throw denial(decision);
}

export interface MemberWork {
  /** The name of the act in the audit log. */
  readonly action: string;
  /** The member by id or member id, as the asker wrote it. */
  readonly target: string;
  /** What is asked of the rules on roles. */
  readonly acts: readonly MemberAct[];
  /** Does it; the details for the audit log, or null when there was nothing to do. */
  run(transaction: Database, target: MemberRow): Promise<AuditRecord['details'] | null>;
}

/** Runs one administrator's act on a member and its audit entry together; refused acts are in the log too (ADM-34). */
export type RunMemberAct = (context: RequestContext, work: MemberWork) => Promise<{ member: MemberRow; changed: boolean }>;

export function memberActs(database: Database, audit: AppendAudit): RunMemberAct {
  const runAct = directoryActs({ database }, audit);
  return async (context, { action, target, acts, run }) => {
    const { value, changed } = await runAct(context, {
      action,
      asked: target,
      run: async (transaction) => {
        const found = await findMember(transaction, context.tenantId, target);
        for (const act of acts) requireAct(context, act, found.role as Role);
        const details = await run(transaction, found);
        if (details === null) return { value: found, target: found.id, details };
        const member = await findMember(transaction, context.tenantId, found.id);
        return { value: member, target: found.id, details: { memberId: found.member_id, ...details } };
      },
    });
    return { member: value, changed };
  };
}
