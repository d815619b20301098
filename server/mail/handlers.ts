import { AppError } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { AppendAudit, RequestContext, Services } from '../context.ts';
import { languageOf } from '../store/language.ts';
import { letterText } from './letters.ts';
import type { MailServer } from './mail-server.ts';
import type { Smtp } from './smtp.ts';

export interface MailHandlerOptions {
  readonly server: MailServer | null;
  readonly smtp: Smtp | null;
  readonly audit: AppendAudit;
}

/** What administrators see of mail, and a test message to themselves that says what the mail server answered. */
export function mailHandlers(
  { database, clock, random }: Services,
  { server, smtp, audit }: MailHandlerOptions,
): Pick<Handlers<ServerContract, RequestContext>, 'mail.status' | 'mail.test'> {
  return {
    'mail.status': async () => ({
      configured: server !== null,
      host: server?.host ?? '',
      port: server?.port ?? 0,
      from: server?.from ?? '',
    }),

    'mail.test': async (_input, { tenantId, member, address, session }) => {
      if (smtp === null) throw new AppError('unavailable', 'No mail server is configured', { details: { reason: 'mail_not_configured' } });
      const row = await database
        .selectFrom('members')
        .innerJoin('tenants', 'tenants.id', 'members.tenant_id')
        .select(['members.email', 'members.profile', 'tenants.display_name'])
        .where('members.tenant_id', '=', tenantId)
        .where('members.id', '=', member.id)
        .executeTakeFirstOrThrow();
      if (row.email === null) throw new AppError('invalid', 'The asker has no address', { details: { reason: 'email_missing' } });
      const text = letterText({ kind: 'test', company: row.display_name }, languageOf(row.profile));
      // Not through the queue: who tests wants to know what the mail server says.
      const problem = await smtp.send({ id: uuidv7(clock.now(), random(10)), to: row.email, ...text });
      const details = problem === null ? {} : { problem: problem.text };
      await database.transaction().execute((transaction) =>
        audit(transaction, tenantId, {
          actorId: member.id,
          action: 'mail.test',
          target: null,
          result: problem === null ? 'success' : 'failure',
          address,
          client: session.kind,
          details,
        }),
      );
      if (problem !== null) {
        throw new AppError('unavailable', `The mail server did not take it: ${problem.text}`, {
          details: { reason: 'mail_failed', subject: problem.text },
        });
      }
      return { sentTo: row.email };
    },
  };
}
