import { AppError, reasonOf } from '#shared/base/errors.ts';
import type { AppendAudit, AuditRecord, Database, RequestContext, Services } from '../context.ts';

/** What an act came to: its answer, whom or what it was done to, and what the audit log says of it (null where nothing changed). */
export interface ActResult<T> {
  readonly value: T;
  readonly target: string;
  readonly details: AuditRecord['details'] | null;
}

export interface DirectoryWork<T> {
  /** The name of the act in the audit log. */
  readonly action: string;
  /** What it was asked of, for the log of a refusal. */
  readonly asked: string;
  run(transaction: Database): Promise<ActResult<T>>;
}

/** Runs one administrator's act and its audit entry together; what was refused is in the log too (ADM-34). */
export type RunDirectoryAct = <T>(context: RequestContext, work: DirectoryWork<T>) => Promise<{ value: T; changed: boolean }>;

export function directoryActs({ database }: Pick<Services, 'database'>, audit: AppendAudit): RunDirectoryAct {
  return async (context, { action, asked, run }) => {
    const record = (target: string, result: AuditRecord['result'], details: AuditRecord['details']): AuditRecord => ({
      actorId: context.member.id,
      action,
      target,
      result,
      address: context.address,
      client: context.session.kind,
      details,
    });
    try {
      return await database.transaction().execute(async (transaction) => {
        const { value, target, details } = await run(transaction);
        if (details !== null) await audit(transaction, context.tenantId, record(target, 'success', details));
        return { value, changed: details !== null };
      });
    } catch (error) {
      if (error instanceof AppError && (error.code === 'denied' || error.code === 'conflict')) {
        const result = error.code === 'denied' ? 'denied' : 'failure';
        const refused = record(asked, result, { reason: reasonOf(error) ?? error.code });
        await database.transaction().execute((transaction) => audit(transaction, context.tenantId, refused));
      }
      throw error;
    }
  };
}

/** Makes acts that look before they write wait for each other: two at once cannot both find a name free, or build a cycle. */
export async function lockDirectory(transaction: Database, tenantId: string): Promise<void> {
  await transaction
    .updateTable('tenants')
    .set((update) => ({ talk_change: update.ref('talk_change') }))
    .where('id', '=', tenantId)
    .execute();
}

/** A refusal that its texts explain by `reason`; `subject` is what it is about. */
export const refusal = (code: 'invalid' | 'conflict' | 'not_found' | 'denied', reason: string, subject: string): AppError =>
  new AppError(code, `${reason}: ${subject}`, { details: { reason, subject } });

/** How a person's name, post or organisation is stored. Throws `invalid` when nothing is left of it. */
export function tidy(text: string): string {
  const kept = text.normalize('NFC').trim();
  // eslint-disable-next-line no-control-regex -- control characters have no place in a name
  if (kept === '' || /[\u0000-\u001F\u007F]/.test(kept)) {
    throw new AppError('invalid', 'A name is empty or has control characters', { details: { reason: 'name_invalid', subject: kept } });
  }
  return kept;
}
export const tidyOr = (text: string | null): string | null => (text === null ? null : tidy(text));
/** Free text: without NUL, which PostgreSQL cannot hold. */
export const tidyText = (text: string): string => text.normalize('NFC').replaceAll('\u0000', '').trim();
