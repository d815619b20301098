import type { Database, Services } from '../../context.ts';
import { hashToken } from '../tokens.ts';
import { wrongCode, type FactorOwner } from './owner.ts';

/** Ten codes of 80 bits: nothing to guess, so a plain hash keeps them. */
const count = 10;
const codeBytes = 10;
/** Crockford's base 32: no I, L, O, U, which people misread. */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Codes on paper for the day when nothing else is at hand. Each works once. */
export interface RecoveryCodes {
  /** Makes new ones, shown this once; those of before are void. */
  renew(transaction: Database, owner: FactorOwner): Promise<string[]>;
  /** Uses one up. Throws `wrong_code`. */
  spend(transaction: Database, owner: FactorOwner, code: string): Promise<void>;
  remove(transaction: Database, owner: FactorOwner): Promise<void>;
}

export function makeRecoveryCodes({ clock, random }: Pick<Services, 'clock' | 'random'>): RecoveryCodes {
  const remove = async (transaction: Database, { tenantId, memberId }: FactorOwner): Promise<void> => {
    await transaction.deleteFrom('recovery_codes').where('tenant_id', '=', tenantId).where('member_id', '=', memberId).execute();
  };
  return {
    renew: async (transaction, owner) => {
      await remove(transaction, owner);
      const codes = Array.from({ length: count }, () => write(random(codeBytes)));
      const rows = codes.map((code) => ({
        tenant_id: owner.tenantId,
        member_id: owner.memberId,
        hash: hashOf(owner, code),
        used_at: null,
      }));
      await transaction.insertInto('recovery_codes').values(rows).execute();
      return codes;
    },
    spend: async (transaction, owner, code) => {
      const used = await transaction
        .updateTable('recovery_codes')
        .set({ used_at: clock.now() })
        .where('tenant_id', '=', owner.tenantId)
        .where('member_id', '=', owner.memberId)
        .where('hash', '=', hashOf(owner, code))
        .where('used_at', 'is', null)
        .returning('hash')
        .executeTakeFirst();
      if (used === undefined) throw wrongCode();
    },
    remove,
  };
}

/** Five bits a letter, in groups of four: `4K7M-…`. */
function write(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = bits.match(/.{5}/g)!.map((five) => digits[Number.parseInt(five, 2)]!);
  return letters.join('').match(/.{4}/g)!.join('-');
}

/** As people type it: small letters, without hyphens, with the letters that look like digits. */
function hashOf({ tenantId, memberId }: FactorOwner, code: string): string {
  const plain = code
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  return hashToken(`recovery ${tenantId} ${memberId} ${plain}`);
}
