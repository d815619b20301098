import { z } from 'zod';

/** What a notice tells besides its kind: names, addresses, times (epoch milliseconds). Never secrets. */
const Facts = z.record(z.string().max(40), z.union([z.string(), z.number(), z.null()]));

/** What the service tells a member in their room of notices (TLK-01). Clients have a text for each kind they know, and one for the others. */
export const Notice = z.object({ kind: z.string().max(40), facts: Facts });
export type Notice = z.infer<typeof Notice>;

/** The notices of this version. */
export type KnownNotice =
  /** ACC-09: an administrator asks for a new password. */
  | { readonly kind: 'password_change_requested'; readonly facts: Record<string, never> }
  /** ACC-27: the first login from a device; `country` null where it is not known. */
  | {
      readonly kind: 'new_device';
      readonly facts: {
        readonly deviceName: string;
        readonly platform: string;
        readonly client: string;
        readonly address: string;
        readonly country: string | null;
        readonly at: number;
      };
    }
  /** ACC-05, to administrators: somebody was suspended after failed logins. */
  | { readonly kind: 'locked_out'; readonly facts: { readonly memberId: string; readonly name: string; readonly failures: number } }
  /** ADM-22: a newer version is there; `latest` null where the server does not know which. */
  | {
      readonly kind: 'update_available';
      readonly facts: { readonly deviceName: string; readonly version: string; readonly latest: string | null };
    }
  /** What changed in the security of one's own account (ACC-20…28), in case it was not oneself. */
  | { readonly kind: 'totp_on' | 'totp_off' | 'email_codes_on' | 'email_codes_off'; readonly facts: Record<string, never> }
  | { readonly kind: 'recovery_codes_renewed'; readonly facts: Record<string, never> }
  | { readonly kind: 'recovery_code_used'; readonly facts: { readonly left: number } }
  | { readonly kind: 'passkey_added' | 'passkey_removed'; readonly facts: { readonly name: string } }
  /** A login with the right password ended after too many wrong codes. */
  | {
      readonly kind: 'codes_failed';
      readonly facts: { readonly client: string; readonly address: string; readonly country: string | null; readonly at: number };
    }
  | { readonly kind: 'email_changed'; readonly facts: { readonly address: string } }
  /** DRV-15: somebody else (`by`, a member's id) unlocked a file that one held. `byName` for people. */
  | { readonly kind: 'file_unlocked'; readonly facts: { readonly name: string; readonly by: string; readonly byName: string } }
  /** An administrator took one's second steps away. */
  | { readonly kind: 'two_step_reset'; readonly facts: Record<string, never> };

/** Who sends notices: no member has this id. */
export const serviceSenderId = 'service';
