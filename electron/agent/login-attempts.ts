import type { Clock } from '#shared/base/clock.ts';
import { AppError } from '#shared/base/errors.ts';
import type { LoginAnswer } from '#shared/contract/login.ts';
import { connect } from '#shared/contract/operation.ts';
import { tenant } from '#shared/contract/tenant.ts';
import type { LoginStep } from './open-session.ts';

/** The server's tickets live ten minutes; what nobody answers for that long is forgotten here too. */
const patienceMs = 600_000;

type Waiting = Extract<LoginStep, { kind: 'continue' }>;

/** A login of somebody who still has to answer something. `facts` are the caller's own. */
export interface LoginAttempt<Facts> {
  readonly facts: Facts;
  readonly step: Waiting;
}

/** Logins under way, by their id. In memory only: key, ticket and what was typed end with the process. */
export class LoginAttempts<Facts> {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, LoginAttempt<Facts> & { readonly forget: () => void }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps a login that waits for its next answer; the time starts anew. */
  keep(loginId: string, attempt: LoginAttempt<Facts>): void {
    this.drop(loginId);
    const forget = this.#clock.after(patienceMs, () => this.#waiting.delete(loginId));
    this.#waiting.set(loginId, { ...attempt, forget });
  }

  drop(loginId: string): void {
    this.#waiting.get(loginId)?.forget();
    this.#waiting.delete(loginId);
  }

  /** Gives the answer to the server. A refused one leaves the login waiting; one that is gone throws `denied` with `ticket_expired`. */
  async answer(loginId: string, answer: LoginAnswer): Promise<{ facts: Facts; step: LoginStep }> {
    const attempt = this.#waiting.get(loginId);
    if (attempt === undefined) throw new AppError('denied', 'This login is over', { details: { reason: 'ticket_expired' } });
    const step = await attempt.step.answer(answer);
    if (!this.#waiting.has(loginId)) {
      // Cancelled while the server was thinking: nobody waits for this session any more.
      if (step.kind === 'open')
        await connect(tenant, step.session.transport.call)
          ['session.end']({})
          .catch(() => undefined);
      throw new AppError('denied', 'This login was given up', { details: { reason: 'ticket_expired' } });
    }
    return { facts: attempt.facts, step };
  }
}
