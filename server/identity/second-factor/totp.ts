import { Secret, TOTP } from 'otpauth';
import type { Database, Services } from '../../context.ts';
import type { Sealer } from '../../store/secrets.ts';
import { codeExpired, codeMs, wrongCode, type FactorOwner } from './owner.ts';

/** RFC 6238 as every authenticator program speaks it; 160 bits (RFC 4226, section 4). */
const shape = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
const keyBytes = 20;
/** Steps of 30 seconds that a clock may be off, each way. */
const window = 1;

/** A key as an authenticator program takes it. `sealed` is what the server keeps. */
export interface NewTotpKey {
  readonly secret: string;
  readonly uri: string;
  readonly sealed: string;
}

/** Time-based one-time passwords (ACC-20). A code works once: the newest step that was used is remembered. */
export interface Totp {
  /** A key that counts for nothing yet. `label` is who it is for, as the program shows it. */
  newKey(owner: FactorOwner, label: string): NewTotpKey;
  /** Remembers a key until it is confirmed (`account.totp.begin`). */
  begin(owner: FactorOwner, sealed: string): Promise<void>;
  /** Takes the key that was begun, if the code is its. Throws `wrong_code`, or `code_expired` where nothing was begun lately. */
  confirm(transaction: Database, owner: FactorOwner, code: string): Promise<void>;
  /** Takes a key at once, if the code is its. Throws `wrong_code`. */
  enrol(transaction: Database, owner: FactorOwner, sealed: string, code: string): Promise<void>;
  /** Uses a code up. Throws `wrong_code`, also for one that was used before. */
  spend(transaction: Database, owner: FactorOwner, code: string): Promise<void>;
  /** False when there was none. */
  remove(transaction: Database, owner: FactorOwner): Promise<boolean>;
}

export function makeTotp({ clock, random, database }: Pick<Services, 'clock' | 'random' | 'database'>, sealer: Sealer): Totp {
  const placeOf = ({ tenantId, memberId }: FactorOwner) => [tenantId, memberId, 'totp'];
  const rowOf = ({ tenantId, memberId }: FactorOwner) => ({ tenant_id: tenantId, member_id: memberId });

  /** The step whose code this is. Throws `wrong_code`. */
  const stepOf = (owner: FactorOwner, sealed: string, code: string): number => {
    const token = code.normalize('NFKC').replace(/\s/g, '');
    if (!/^\d{6}$/.test(token)) throw wrongCode();
    const secret = Secret.fromBase32(sealer.open(sealed, placeOf(owner)));
    const timestamp = clock.now();
    const delta = TOTP.validate({ ...shape, token, secret, timestamp, window });
    if (delta === null) throw wrongCode();
    return TOTP.counter({ period: shape.period, timestamp }) + delta;
  };

  const enrol = async (transaction: Database, owner: FactorOwner, sealed: string, code: string): Promise<void> => {
    const kept = { sealed, last_step: stepOf(owner, sealed, code), confirmed_at: clock.now(), pending: null, pending_until: null };
    await transaction
      .insertInto('totp_keys')
      .values({ ...rowOf(owner), ...kept })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'member_id']).doUpdateSet(kept))
      .execute();
  };

  return {
    newKey: (owner, label) => {
      const bytes = Uint8Array.from(random(keyBytes));
      const key = new TOTP({ ...shape, issuer: 'Hikyaku', label, secret: new Secret({ buffer: bytes.buffer }) });
      const secret = key.secret.base32;
      return { secret, uri: key.toString(), sealed: sealer.seal(secret, placeOf(owner)) };
    },
    begin: async (owner, sealed) => {
      const pending = { pending: sealed, pending_until: clock.now() + codeMs };
      await database
        .insertInto('totp_keys')
        .values({ ...rowOf(owner), ...pending })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'member_id']).doUpdateSet(pending))
        .execute();
    },
    confirm: async (transaction, owner, code) => {
      const row = await transaction
        .selectFrom('totp_keys')
        .select(['pending', 'pending_until'])
        .where((where) => where.and(rowOf(owner)))
        .executeTakeFirst();
      if (row?.pending == null || row.pending_until === null || row.pending_until <= clock.now()) throw codeExpired();
      await enrol(transaction, owner, row.pending, code);
    },
    enrol,
    spend: async (transaction, owner, code) => {
      const row = await transaction
        .selectFrom('totp_keys')
        .select('sealed')
        .where((where) => where.and(rowOf(owner)))
        .executeTakeFirst();
      if (row?.sealed == null) throw wrongCode();
      const step = stepOf(owner, row.sealed, code);
      const used = await transaction
        .updateTable('totp_keys')
        .set({ last_step: step })
        .where((where) => where.and(rowOf(owner)))
        .where('last_step', '<', step)
        .returning('member_id')
        .executeTakeFirst();
      if (used === undefined) throw wrongCode();
    },
    remove: async (transaction, owner) => {
      const row = await transaction
        .deleteFrom('totp_keys')
        .where((where) => where.and(rowOf(owner)))
        .returning('sealed')
        .executeTakeFirst();
      return row?.sealed != null;
    },
  };
}
