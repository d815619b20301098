import { AppError, reasonOf } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { LoginAnswer, LoginOutcome } from '#shared/contract/login.ts';
import { deny } from '#shared/model/decision.ts';
import type { ClientKind } from '#shared/model/policy.ts';
import { denial } from '#shared/policy/denial.ts';
import type { AppendAudit, AuditRecord, Notify, PublicContext, Services } from '../../context.ts';
import type { PolicyReader } from '../../store/policies.ts';
import type { Attempts } from '../attempts.ts';
import { requireNotWiped } from '../device-handlers.ts';
import type { DeviceFacts } from '../devices.ts';
import { loginRecord, makeLoginGate } from './gate.ts';
import { makeLoginStore, mostFailures, ticketExpired, type StoredLogin } from './login-store.ts';
import type { OpenLogin } from './open.ts';
import { hashOf, proverOf, type Prover } from './prover.ts';
import { credentialMark, Progress, readLoginMember, type LoginState, type LoginStep } from './state.ts';

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
  readonly notify: Notify;
  readonly open: OpenLogin;
  /** In the order in which they are asked. */
  readonly steps: readonly LoginStep[];
  /** ACC-05: a wrong code counts as a failed login. */
  onFailure(who: LoginSubject, context: { readonly address: string; readonly kind: ClientKind }): Promise<void>;
}

/** What an accepted answer leads on with. */
interface Answered {
  readonly ticket: string;
  readonly progress: Progress;
  readonly credentialMark: string;
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
  const { policies, audit, attempts, notify, open, steps } = options;
  const store = makeLoginStore(services);
  const judged = makeLoginGate(services, { policies, audit });
  const note = (tenantId: string, record: AuditRecord): Promise<void> =>
    database.transaction().execute((transaction) => audit(transaction, tenantId, record));

  /** The next need of a login, or its session. `ticket` is stored already, except for a login that has none yet. */
  const proceed = async (state: LoginState, ticket: string | null, context: PublicContext): Promise<LoginOutcome> => {
    const { tenantId, member, prover } = state;
    const record = loginRecord(member.id, member.memberId, prover.kind, context);
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
    const record = loginRecord(stored.memberId, stored.memberId, stored.kind, context);
    await note(stored.tenantId, record('denied', { reason: 'ticket_of_another' }));
    throw ticketExpired();
  };

  const answered = async (stored: StoredLogin, state: LoginState, answer: LoginAnswer): Promise<Answered> => {
    const step = steps.find(({ name }) => name === stored.progress.asked);
    const advance = step === undefined ? null : await step.answer(state, answer);
    if (advance === null) throw new AppError('invalid', 'This login asks for something else', { details: { reason: 'login_step_other' } });
    const progress = { ...stored.progress, ...advance.progress };
    const made = store.newTicket();
    const mark = await database.transaction().execute(async (transaction) => {
      const guessed = guesses.has(answer.type);
      const next = { hash: made.hash, progress, guessed };
      await store.advance(transaction, stored, next);
      if (advance.apply === undefined) return stored.credentialMark;
      await advance.apply(transaction);
      if (advance.renewsPassword !== true) return stored.credentialMark;
      const member = await readLoginMember(transaction, stored.tenantId, stored.memberId);
      const renewed = credentialMark(member?.passwordHash ?? null);
      await store.remark(transaction, stored.id, renewed);
      return renewed;
    });
    advance.applied?.();
    return { ticket: made.ticket, progress, credentialMark: mark };
  };

  /** Ends a login after too many wrong codes. Whoever they belong to hears that somebody else may know their password. */
  const giveUp = async ({ id, tenantId, memberId, kind }: StoredLogin, failure: AuditRecord, { address, country }: PublicContext) => {
    const announce = await database.transaction().execute(async (transaction) => {
      await store.remove(transaction, id);
      const facts = { client: kind, address, country, at: clock.now() };
      const told = await notify(transaction, tenantId, memberId, { kind: 'codes_failed', facts });
      await audit(transaction, tenantId, failure);
      return told;
    });
    announce();
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
      await requireNotWiped(database, tenantId, prover.thumbprint);
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
        const record = loginRecord(memberId, member.memberId, prover.kind, context);
        const failure = record('failure', { reason, step: progress.asked, tries: mostFailures - left });
        if (left > 0) await note(tenantId, failure);
        else await giveUp(stored, failure, context);
        await options.onFailure({ tenantId, memberId }, { address: context.address, kind: prover.kind });
        throw new AppError('denied', 'A wrong answer', { details: { reason, triesLeft: left } });
      });
      await attempt.succeeded();
      return go(next);

      async function go(after: Answered): Promise<LoginOutcome> {
        const now = await readLoginMember(database, tenantId, memberId);
        if (now === null || credentialMark(now.passwordHash) !== after.credentialMark) throw ticketExpired();
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
