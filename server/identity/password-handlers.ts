import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { AppendAudit, Notify, RequestContext, Services } from '../context.ts';
import { directoryActs } from './directory-acts.ts';
import { firstPasswordLinks, type LinkOptions } from './first-password.ts';
import { generatePassword } from './generate-password.ts';
import { memberActs, type RunMemberAct } from './member-acts.ts';
import { findMember } from './members.ts';
import { resetPasswords } from './password-reset.ts';
import { checkNewPassword, setPassword } from './password-rules.ts';
import type { Sessions } from './sessions.ts';

export type PasswordHandlers = Pick<
  Handlers<ServerContract, RequestContext>,
  'member.setPassword' | 'member.requestPasswordChange' | 'member.resetAllPasswords'
>;

export interface PasswordHandlerOptions extends LinkOptions {
  readonly audit: AppendAudit;
  readonly sessions: Pick<Sessions, 'endAll' | 'announceEnd'>;
  readonly notify: Notify;
}

/** What the sessions of the member are told. */
const endedReason = 'password_changed';

/** What administrators do to passwords, which they can never see: give a temporary one, ask for a new one, reset all (ACC-07…09). */
export function passwordHandlers(services: Services, options: PasswordHandlerOptions): PasswordHandlers {
  const { database, clock, random, bus } = services;
  const { audit, sessions, notify } = options;
  const runMemberAct = memberActs(database, audit);
  const runAct = directoryActs(services, audit);
  const links = firstPasswordLinks(services, options);

  return {
    'member.setPassword': async ({ member: target, password: given }, context) => {
      const { tenantId, policy } = context;
      const owner = await findMember(database, tenantId, target);
      const own = owner.id === context.member.id;
      const password = given ?? generatePassword(random);
      const mayAct = allowed(context, runMemberAct);
      await mayAct(target, 'member.set_password');
      const checked = await checkNewPassword(
        database,
        { tenantId, id: owner.id, memberId: owner.member_id },
        password,
        policy,
        own ? 'member' : 'administrator',
      );
      const ended: string[] = [];
      const { member } = await runMemberAct(context, {
        action: 'member.set_password',
        target: owner.id,
        acts: ['password'],
        run: async (transaction, row) => {
          // Somebody else knows it now, so it is good for one login, at which the member chooses their own.
          await setPassword(transaction, { tenantId, id: row.id }, checked, { now: clock.now(), due: own ? null : 'reset' });
          ended.push(...(await sessions.endAll(transaction, tenantId, row.id, endedReason)));
          return { ended: ended.length };
        },
      });
      for (const id of ended) sessions.announceEnd(tenantId, member.id, id, endedReason);
      return { password: given === undefined ? password : null, ended: ended.length };
    },

    'member.requestPasswordChange': async ({ members: targets }, context) => {
      const { tenantId } = context;
      const mayAct = allowed(context, runMemberAct);
      // All or nobody: whoever may not be asked is found before the first one is.
      const ids = new Set<string>();
      for (const target of targets) ids.add(await mayAct(target, 'member.request_password_change'));
      let requested = 0;
      for (const target of ids) {
        let announce = (): void => undefined;
        const { changed } = await runMemberAct(context, {
          action: 'member.request_password_change',
          target,
          acts: ['password'],
          run: async (transaction, row) => {
            if (row.password_hash === null || row.state === 'deleted') return null;
            await transaction
              .updateTable('members')
              // What is stricter already stays.
              .set(({ fn, val }) => ({ password_due: fn.coalesce('password_due', val('requested')) }))
              .where('tenant_id', '=', tenantId)
              .where('id', '=', row.id)
              .execute();
            announce = await notify(transaction, tenantId, row.id, { kind: 'password_change_requested', facts: {} });
            return {};
          },
        });
        announce();
        if (changed) requested += 1;
      }
      return { requested };
    },

    'member.resetAllPasswords': async (_input, context) => {
      const { tenantId } = context;
      const { value } = await runAct(context, {
        action: 'member.reset_all_passwords',
        asked: tenantId,
        run: async (transaction) => {
          const done = await resetPasswords(transaction, { tenantId, asker: context.member, now: clock.now() }, { links, sessions });
          const { reset, excluded, ended, links: shown } = done;
          return { value: done, target: tenantId, details: { reset, excluded, ended: ended.length, mailed: reset - shown.length } };
        },
      });
      for (const { memberId, sessionId } of value.ended) sessions.announceEnd(tenantId, memberId, sessionId, endedReason);
      if (value.reset > 0) bus.publish({ tenantId, audience: null, event: { type: 'directory.changed' } });
      return { reset: value.reset, excluded: value.excluded, ended: value.ended.length, links: value.links };
    },
  };
}

/** Whether the asker may touch the password of this member: refused here, the refusal is in the log. Returns the member's id. */
const allowed =
  (context: RequestContext, runMemberAct: RunMemberAct) =>
  async (target: string, action: string): Promise<string> => {
    const run = async (): Promise<null> => null;
    return (await runMemberAct(context, { action, target, acts: ['password'], run })).member.id;
  };
