import { sql } from 'kysely';
import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { Letter, Mail, Services } from '../context.ts';
import type { Sealer } from '../store/secrets.ts';
import { letterText } from './letters.ts';
import type { Smtp } from './smtp.ts';

/** A letter that the mail server does not take is tried again after these many milliseconds, then given up. */
const waitsMs = [5_000, 20_000, 60_000, 300_000, 900_000, 3_600_000, 7_200_000, 14_400_000] as const;
/** A process that has a letter in hand and dies gives it back after this time, in milliseconds. */
const heldMs = 120_000;
/** How long at most until the queue is looked at again, in milliseconds: another process may have put something in. */
const lookMs = 30_000;
/** How soon after something was put in, and how often more, each time later: the transaction has to end first, however slow the database is. */
const soonMs = 20;
const moreLooks = 4;
const laterBy = 5;

const Sealed = z.object({ to: z.string().nullable(), subject: z.string(), text: z.string() });

export interface MailQueue extends Mail {
  /** Sends everything that is due; for when something was put in, and for tests. */
  drain(): Promise<void>;
  /** Stops; what is under way ends first, the rest stays in the database. */
  close(): Promise<void>;
}

export interface MailQueueOptions {
  /** Null where no mail server is configured. */
  readonly smtp: Smtp | null;
  readonly sealer: Sealer;
}

/**
 * Letters wait in the database, sealed, and leave by themselves: no request waits for a mail server, none is lost by a restart, and several
 * processes share the work. One may arrive twice where a process dies in between; it has the same Message-ID then.
 */
export function makeMailQueue(services: Services, { smtp, sealer }: MailQueueOptions): MailQueue {
  const { database, clock, random, log } = services;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  let looks = 0;
  let running: Promise<void> | null = null;

  const wakeIn = (ms: number): void => {
    if (closed || smtp === null) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void drain().catch((error: unknown) => log.error({ error }, 'The letters could not be looked at')), ms);
    timer.unref();
  };

  /** Takes the next letter that is due, for this process alone. */
  const take = async () => {
    const now = clock.now();
    return database
      .updateTable('letters')
      .set({ held_until: now + heldMs })
      .where('id', '=', (select) =>
        select
          .selectFrom('letters')
          .select('letters.id')
          .where('letters.next_at', '<=', now)
          .where('letters.held_until', '<=', now)
          .orderBy('letters.next_at')
          .limit(1),
      )
      .where('held_until', '<=', now)
      .returningAll()
      .executeTakeFirst();
  };

  const deliver = async (through: Smtp, row: NonNullable<Awaited<ReturnType<typeof take>>>): Promise<void> => {
    const over = (): Promise<unknown> => database.deleteFrom('letters').where('id', '=', row.id).execute();
    const about = { tenantId: row.tenant_id, letter: row.kind, attempts: row.attempts + 1 };
    if (row.expires_at <= clock.now()) {
      log.warn(about, 'A letter became useless before the mail server took it');
      return void (await over());
    }
    const { to, subject, text } = Sealed.parse(JSON.parse(sealer.open(row.letter, [row.tenant_id, row.id])));
    if (to === null) return void (await over());
    const problem = await through.send({ id: row.id, to, subject, text });
    if (problem === null) return void (await over());
    const waitMs = waitsMs[row.attempts];
    if (problem.final || waitMs === undefined) {
      log.warn({ ...about, problem: problem.text }, 'A letter was given up');
      return void (await over());
    }
    log.info({ ...about, problem: problem.text }, 'The mail server did not take a letter; it is tried again');
    await database
      .updateTable('letters')
      .set({ attempts: row.attempts + 1, next_at: clock.now() + waitMs, held_until: 0 })
      .where('id', '=', row.id)
      .execute();
  };

  const drainOnce = async (through: Smtp): Promise<void> => {
    for (let row = await take(); row !== undefined && !closed; row = await take()) {
      await deliver(through, row).catch((error: unknown) => log.error({ error, letter: row?.kind }, 'A letter could not be sent'));
    }
    if (closed) return;
    const next = await database
      .selectFrom('letters')
      // What another process has in hand is its business until it would give it back.
      .select(sql<number | null>`min(case when held_until > next_at then held_until else next_at end)`.as('next_at'))
      .executeTakeFirst();
    const waitMs = next?.next_at == null ? lookMs : Math.max(soonMs, Number(next.next_at) - clock.now());
    const eagerMs = looks === 0 ? lookMs : soonMs * laterBy ** (moreLooks - looks + 1);
    looks = Math.max(0, looks - 1);
    wakeIn(Math.min(lookMs, waitMs, eagerMs));
  };

  const drain = async (): Promise<void> => {
    if (smtp === null) return;
    while (running !== null) await running;
    running = drainOnce(smtp).finally(() => {
      running = null;
    });
    await running;
  };

  wakeIn(soonMs);
  return {
    configured: smtp !== null,
    send: async (transaction, { tenantId, to, language, content, expiresAt }: Letter) => {
      if (smtp === null) throw new AppError('unavailable', 'No mail server is configured', { details: { reason: 'mail_not_configured' } });
      const now = clock.now();
      const id = uuidv7(now, random(10));
      const letter = sealer.seal(JSON.stringify({ to, ...letterText(content, language) }), [tenantId, id]);
      await transaction
        .insertInto('letters')
        .values({ id, tenant_id: tenantId, kind: content.kind, letter, next_at: now, expires_at: expiresAt })
        .execute();
      looks = moreLooks;
      wakeIn(soonMs);
    },
    drain,
    close: async () => {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}
