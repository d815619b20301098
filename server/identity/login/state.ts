import { z } from 'zod';
import type { LoginAnswer, LoginNeed } from '#shared/contract/login.ts';
import { MemberState, Role } from '#shared/model/member.ts';
import type { Database } from '../../context.ts';
import type { RulesInForce } from '../../store/policies.ts';
import type { DeviceFacts, DeviceTrust } from '../devices.ts';
import { hashToken } from '../tokens.ts';
import type { Prover } from './prover.ts';

/** The method under which a passkey's session is kept, and its id among the ways to log in (ACC-23). */
export const passkeyMethod = 'passkey';

/** What a login has done so far, as it is stored between two answers. */
export const Progress = z.object({
  /** The step whose answer is awaited. */
  asked: z.string().default(''),
  /** The second factor that was passed in this login, or null. */
  factor: z.enum(['totp', 'email', 'recovery', 'passkey']).nullable().default(null),
  /** Two-step verification is the identity provider's to do (ACC-26); the country check stays ours. */
  delegated: z.boolean().default(false),
  /** ACC-21: the person wants this device to be trusted. */
  trust: z.boolean().default(false),
  /** A TOTP key that is being set up, sealed. */
  enrolling: z.string().nullable().default(null),
  /** Recovery codes that must be shown (`due`), or were. */
  recoveryCodes: z.enum(['none', 'due', 'kept']).default('none'),
});
export type Progress = z.infer<typeof Progress>;

/** The member of a login, read anew for each step. */
export interface LoginMember {
  readonly id: string;
  readonly memberId: string;
  readonly name: string;
  readonly state: MemberState;
  readonly role: Role;
  readonly appBlocked: boolean;
  readonly passwordHash: string | null;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly emailCodes: boolean;
}

/** Everything that the steps judge by. */
export interface LoginState {
  /** Stays the same while tickets change. */
  readonly id: string;
  readonly tenantId: string;
  readonly member: LoginMember;
  /** How it began: `password`, `passkey`, or the id of an identity provider. */
  readonly method: string;
  readonly prover: Prover;
  readonly device: DeviceFacts;
  readonly rules: RulesInForce;
  /** NET-03: the rules want a code because of the country, whatever device asks. */
  readonly abroad: boolean;
  readonly trust: DeviceTrust | null;
  /** From where it is asked now. */
  readonly address: string;
  readonly progress: Progress;
}

/** What an answer comes to once its step accepts it. */
export interface Advance {
  readonly progress?: Partial<Progress>;
  /** What is written with it, in one transaction with the new ticket; may still refuse by throwing. */
  apply?(transaction: Database): Promise<void>;
  /** `apply` gives the member another password; any other change of it ends the login. */
  readonly renewsPassword?: boolean;
  /** After the commit: hints to sockets and the like. */
  applied?(): void;
}

/** One thing that a login may need before it opens. Steps are asked in order, after each answer again. */
export interface LoginStep {
  readonly name: string;
  /** What is missing, and what must be remembered until the answer; null when nothing is. Throws `denied` where it cannot be given at all. */
  need(state: LoginState): Promise<{ readonly need: LoginNeed; readonly keep?: Partial<Progress> } | null>;
  /** Null for an answer that is not this step's. Throws `denied` with `wrong_code` and the like. */
  answer(state: LoginState, answer: LoginAnswer): Promise<Advance | null>;
}

/** Stands for a password without being it: a login ends when its member's password changed meanwhile. */
export const credentialMark = (passwordHash: string | null): string => hashToken(`credential ${passwordHash ?? ''}`);

/** The member of a login, or null when they are gone. */
export async function readLoginMember(database: Database, tenantId: string, id: string): Promise<LoginMember | null> {
  const row = await database.selectFrom('members').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id).executeTakeFirst();
  if (row === undefined) return null;
  return {
    id: row.id,
    memberId: row.member_id,
    name: row.name,
    state: MemberState.parse(row.state),
    role: Role.parse(row.role),
    appBlocked: row.app_blocked !== 0,
    passwordHash: row.password_hash,
    email: row.email,
    emailVerified: row.email_verified_at !== null,
    emailCodes: row.email_codes !== 0,
  };
}
