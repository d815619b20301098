import { AppError, reasonOf } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { LoginAnswer, LoginOutcome } from '#shared/contract/login.ts';
import { deny, type Decision } from '#shared/model/decision.ts';
import type { ClientKind } from '#shared/model/policy.ts';
import { defaultTemplateId } from '#shared/model/rules-reach.ts';
import { decide } from '#shared/policy/decide.ts';
import { denial } from '#shared/policy/denial.ts';
import type { AppendAudit, AuditRecord, PublicContext, Services } from '../../context.ts';
import type { PolicyReader, RulesInForce } from '../../store/policies.ts';
import type { Attempts } from '../attempts.ts';
import { requireNotWiped } from '../device-handlers.ts';
import { findTrust, type DeviceFacts } from '../devices.ts';
import { makeLoginStore, mostFailures, ticketExpired, type StoredLogin } from './login-store.ts';
import type { OpenLogin } from './open.ts';
import { hashOf, proverOf, type Prover } from './prover.ts';
import { credentialMark, passkeyMethod, Progress, readLoginMember, type LoginMember, type LoginState, type LoginStep } from './state.ts';

/** Somebody who gave a first factor. */
export interface LoginSubject {
  readonly tenantId: string;
  /** The member's id (not what they type). */
  readonly memberId: string;
  /** The password that was found right, hashed: where it changed meanwhile, nothing opens. Absent for other first factors. */
  readonly passwordHash?: string | null;
}

/** How they gave it. */
export interface LoginEntry {
  /** `password`, `passkey`, or the id of an identity provider. */
  readonly method: string;
  readonly prover: Prover;
  readonly device: DeviceFacts;
  /** Where the first factor was two in one: a passkey with user verification, or an identity provider that asks for both itself. */
  readonly factor?: 'passkey' | 'external' | null;
}

export interface LoginFlow {
  /** Opens the session, or says what is still needed. Throws what the gate denies, after an audit entry. */
  openOrContinue(who: LoginSubject, entry: LoginEntry, context: PublicContext): Promise<LoginOutcome>;
  /** Takes the answer to a need (`session.continue`). */
  continue(input: { readonly ticket: string; readonly answer: LoginAnswer }, context: PublicContext): Promise<LoginOutcome>;
}

export interface LoginFlowOptions {
  readonly policies: PolicyReader;
  readonly audit: AppendAudit;
  readonly attempts: Attempts;
  readonly open: OpenLogin;
  /** In the order in which they are asked. */
  readonly steps: readonly LoginStep[];
  /** ACC-05: a wrong code counts as a failed login. */
  onFailure(who: LoginSubject, context: { readonly address: string; readonly kind: ClientKind }): Promise<void>;
}

/** Answers that can be guessed at. */
const guesses: ReadonlySet<LoginAnswer['type']> = new Set(['code', 'passkey', 'enrol_totp']);
/** Refusals of an answer that was wrong, not of the login. */
const wrongAnswers = new Set(['wrong_code', 'code_expired', 'passkey_failed']);

/**
 * A login in steps. Each answer is judged by the rules and the member as they are then; its ticket works once, for ten minutes, and only
 * with the key (or from the page) that began. The gate is asked at the beginning and again when the session opens.
 */
export function makeLoginFlow(services: Services, options: LoginFlowOptions): LoginFlow {
  const { database, clock, random } = services;
  const { policies, audit, attempts, open, steps } = options;
  const store = makeLoginStore(services);

  const recordOf =
    (who: LoginSubject, target: string, kind: ClientKind, context: PublicContext) =>
    (result: AuditRecord['result'], details: AuditRecord['details']): AuditRecord => ({
      actorId: who.memberId,
      action: 'session.login',
      target,
      result,
      address: context.address,
      client: kind,
      details,
    });
  const note = (tenantId: string, record: AuditRecord): Promise<void> =>
    database.transaction().execute((transaction) => audit(transaction, tenantId, record));

  /** The next need of a login, or its session. `ticket` is stored already, except for a login that has none yet. */
  const proceed = async (state: LoginState, ticket: string | null, context: PublicContext): Promise<LoginOutcome> => {
    const { tenantId, member, prover } = state;
    const record = recordOf({ tenantId, memberId: member.id }, member.memberId, prover.kind, context);
    for (const step of steps) {
      const asked = await step.need(state).catch(async (error: unknown) => {
        await note(tenantId, record('denied', { reason: reasonOf(error) ?? 'internal', step: step.name }));
        throw error;
      });
      if (asked === null) continue;
      const progress: Progress = { ...state.progress, ...asked.keep, asked: step.name };
      if (ticket !== null) {
        await store.remember(state.id, progress);
        return { kind: 'continue', ticket, need: asked.need };
      }
      const made = store.newTicket();
      const page = prover.thumbprint === null ? Buffer.from(random(32)).toString('base64url') : null;
      await store.add({ ...storedOf(state), ticketHash: made.hash, pageHash: hashOf(page), progress });
      if (page !== null) context.setCookie(page, 'page');
      return { kind: 'continue', ticket: made.ticket, need: asked.need };
    }
    return open(state, context, record, async (transaction) => {
      if (ticket !== null && !(await store.remove(transaction, state.id))) throw ticketExpired();
    });
  };

  /** The login as it is now. Throws what the gate denies. */
  const judged = async (
    login: Omit<LoginState, 'member' | 'rules' | 'abroad' | 'trust' | 'address'>,
    member: LoginMember,
    context: PublicContext,
  ) => {
    const { tenantId, prover } = login;
    const rules = await policies.current(tenantId);
    const decision =
      login.method === passkeyMethod && !rules.policy.loginMethods.passkey
        ? deny('login_method_denied', 'ACC-23')
        : judge(prover.kind, member, context, rules);
    const abroad = decision.effect === 'deny' && decision.reason === 'country_unverified';
    if (decision.effect === 'deny' && !abroad) {
      const record = recordOf({ tenantId, memberId: member.id }, member.memberId, prover.kind, context);
      await note(tenantId, record('denied', { reason: decision.reason }));
      throw denial(decision);
    }
    const trust = await findTrust(database, { tenantId, memberId: member.id, ...prover });
    return { ...login, member, rules, abroad, trust, address: context.address };
  };

  /** The login of a ticket, if who asks is who began it. */
  const resumed = async (ticket: string, context: PublicContext): Promise<{ stored: StoredLogin; prover: Prover }> => {
    const stored = await store.find(ticket);
    if (stored === null) {
      await context.prove();
      throw ticketExpired();
    }
    const prover = await proverOf(stored.kind, context);
    const samePage = stored.pageHash === hashOf(prover.thumbprint === null ? context.cookie('page') : null);
    if (prover.thumbprint === stored.thumbprint && samePage) return { stored, prover };
    const who = { tenantId: stored.tenantId, memberId: stored.memberId };
    await note(stored.tenantId, recordOf(who, stored.memberId, stored.kind, context)('denied', { reason: 'ticket_of_another' }));
    throw ticketExpired();
  };

  const answered = async (stored: StoredLogin, state: LoginState, answer: LoginAnswer): Promise<{ ticket: string; progress: Progress }> => {
    const step = steps.find(({ name }) => name === stored.progress.asked);
    const advance = step === undefined ? null : await step.answer(state, answer);
    if (advance === null) throw new AppError('invalid', 'This login asks for something else', { details: { reason: 'login_step_other' } });
    const progress = { ...stored.progress, ...advance.progress };
    const made = store.newTicket();
    await database.transaction().execute(async (transaction) => {
      const guessed = guesses.has(answer.type);
      const next = { hash: made.hash, progress, guessed, credentialMark: stored.credentialMark };
      await store.advance(transaction, stored, next);
      if (advance.apply === undefined) return;
      await advance.apply(transaction);
      const member = await readLoginMember(transaction, stored.tenantId, stored.memberId);
      const mark = credentialMark(member?.passwordHash ?? null);
      if (mark !== stored.credentialMark) await store.remark(transaction, stored.id, mark);
    });
    advance.applied?.();
    return { ticket: made.ticket, progress };
  };

  return {
    openOrContinue: async ({ tenantId, memberId, passwordHash }, { method, prover, device, factor }, context) => {
      await requireNotWiped(database, tenantId, prover.thumbprint);
      const member = await readLoginMember(database, tenantId, memberId);
      const changed = passwordHash !== undefined && passwordHash !== member?.passwordHash;
      if (member === null || changed) throw denial(deny('wrong_credentials', 'ACC-05'));
      const id = uuidv7(clock.now(), random(10));
      const progress = Progress.parse({ factor: factor === 'passkey' ? factor : null, delegated: factor === 'external' });
      const state = await judged({ id, tenantId, method, prover, device, progress }, member, context);
      return proceed(state, null, context);
    },

    continue: async ({ ticket, answer }, context) => {
      const { stored, prover } = await resumed(ticket, context);
      const { tenantId, memberId, id, method, device, progress } = stored;
      const member = await readLoginMember(database, tenantId, memberId);
      if (member === null || credentialMark(member.passwordHash) !== stored.credentialMark) {
        await store.remove(database, id);
        throw ticketExpired();
      }
      const login = { id, tenantId, method, prover, device };
      const state = await judged({ ...login, progress }, member, context);
      if (!guesses.has(answer.type)) {
        const next = await answered(stored, state, answer);
        return go(next);
      }
      // A name of its own: a password that was right before each code must not make the codes free.
      const attempt = await attempts.begin(context.address, `${tenantId} ${member.memberId} code`);
      const left = await store.countGuess(stored);
      const next = await answered(stored, state, answer).catch(async (error: unknown) => {
        const reason = reasonOf(error);
        if (reason === undefined || !wrongAnswers.has(reason)) throw error;
        if (left === 0) await store.remove(database, id);
        const record = recordOf({ tenantId, memberId }, member.memberId, prover.kind, context);
        await note(tenantId, record('failure', { reason, step: progress.asked, tries: mostFailures - left }));
        await options.onFailure({ tenantId, memberId }, { address: context.address, kind: prover.kind });
        throw new AppError('denied', 'A wrong answer', { details: { reason, triesLeft: left } });
      });
      await attempt.succeeded();
      return go(next);

      async function go(after: { ticket: string; progress: Progress }): Promise<LoginOutcome> {
        const now = await readLoginMember(database, tenantId, memberId);
        if (now === null) throw ticketExpired();
        return proceed(await judged({ ...login, progress: after.progress }, now, context), after.ticket, context);
      }
    },
  };
}

const storedOf = ({ id, tenantId, member, method, prover, device }: LoginState) => ({
  id,
  tenantId,
  memberId: member.id,
  kind: prover.kind,
  thumbprint: prover.thumbprint,
  method,
  device,
  credentialMark: credentialMark(member.passwordHash),
});

/** What the gate says to this member with a session of this kind. */
export function judge(kind: ClientKind, member: LoginMember, context: PublicContext, { policy }: RulesInForce): Decision {
  return decide(
    {
      clientVersion: context.clientVersion,
      session: { kind, ended: false, verified: false },
      // No rule on logging in looks at rights or services.
      member: {
        id: member.id,
        state: member.state,
        appBlocked: member.appBlocked,
        role: member.role,
        rights: [],
        templateId: defaultTemplateId,
      },
      address: context.address,
      country: context.country,
      act: { kind: 'call', access: 'public' },
    },
    policy,
  );
}
