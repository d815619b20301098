import { z } from 'zod';
import { ruleSection } from './rule-section.ts';

/** ACC-31: the values that an idle logout can have, in minutes; null for none. */
export const idleMinutes = [30, 60, 120, 240, 360, 720, 1_440, 10_080, 20_160, 43_200] as const;
const IdleMinutes = z.literal(idleMinutes).nullable();

/** ACC-01…05, ACC-12. The rules bind at the next password that is set (ACC-06), expiry and lock-out at once. */
export const passwordRules = ruleSection(
  {
    /** ACC-01. */
    format: z.enum(['letters_digits', 'letters_digits_special']),
    /** ACC-02: the administrator moves the minimum. */
    minimumLength: z.number().int().min(8).max(20),
    /** ACC-02: the maximum is 20; this lifts it to 128. */
    longAllowed: z.boolean(),
    /** ACC-03. */
    expiryDays: z.literal([30, 60, 90, 180, 365]).nullable(),
    /** ACC-04: how many of the last passwords may not be used again. */
    reuseBan: z.number().int().min(0).max(5),
    /** ACC-05: consecutive failures after which the account is suspended; null for never. */
    lockoutFailures: z.number().int().min(3).max(10).nullable(),
    /** ACC-11: a forgotten password can be renewed with a code sent to the registered e-mail address. */
    recoveryByEmail: z.boolean(),
  },
  {
    format: 'letters_digits',
    minimumLength: 8,
    longAllowed: false,
    expiryDays: null,
    reuseBan: 0,
    lockoutFailures: null,
    recoveryByEmail: true,
  },
);

/** What a second step can be. `passkey` also logs in alone (ACC-23). */
export const SecondFactor = z.enum(['totp', 'email', 'passkey']);
export type SecondFactor = z.infer<typeof SecondFactor>;

/** ACC-20, ACC-21, ACC-28. */
export const twoStepRules = ruleSection(
  {
    /** Required for all, or the member's choice. */
    required: z.boolean(),
    methods: z.array(SecondFactor).min(1).max(3),
    /** A device that was verified once is not asked again for `trustDays`. */
    trustDevices: z.boolean(),
    trustDays: z.number().int().min(1).max(365),
  },
  { required: false, methods: ['totp', 'email', 'passkey'], trustDevices: true, trustDays: 30 },
);

/** ACC-23, ACC-26: id and password always work; each other method on or off. */
export const loginMethodRules = ruleSection(
  { passkey: z.boolean(), oidc: z.boolean(), saml: z.boolean() },
  { passkey: true, oidc: true, saml: true },
);

/** ACC-31 for browsers; ACC-33 for the PC app, a rule of its own with the same values. */
export const idleLogoutRules = ruleSection(
  { browserMinutes: IdleMinutes, pcAppMinutes: IdleMinutes },
  { browserMinutes: 720, pcAppMinutes: null },
);

/** What becomes of synced folders on a PC: they stay, go to the recovery place on the same disk, or are erased. */
export const FolderFate = z.enum(['keep', 'recovery', 'erase']);
export type FolderFate = z.infer<typeof FolderFate>;

/** EXP-08, ACC-50, ACC-51: decided per occasion, after unsent work was uploaded or sealed. */
export const syncedFolderRules = ruleSection(
  { logout: FolderFate, block: FolderFate, wipe: FolderFate, leave: FolderFate },
  { logout: 'keep', block: 'keep', wipe: 'erase', leave: 'erase' },
);

/** ADM-04. */
export const invitationRules = ruleSection(
  { by: z.enum(['nobody', 'administrators', 'everyone']), approveAutomatically: z.boolean() },
  { by: 'nobody', approveAutomatically: false },
);

/** ADM-06, ADM-07: which fields of a post are used, and who may make groups. */
export const directoryRules = ruleSection(
  { positions: z.boolean(), levels: z.boolean(), userTypes: z.boolean(), groupsBy: z.enum(['administrators', 'everyone']) },
  { positions: true, levels: true, userTypes: true, groupsBy: 'administrators' },
);

/** ACC-27: a first login from a device is told to the member. */
export const noticeRules = ruleSection({ newDevice: z.boolean() }, { newDevice: true });
