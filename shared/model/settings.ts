import { z } from 'zod';

/** Who may decide a setting from outside: nobody, or IT by managed settings with a default or an enforced value (DEP-01). */
export type Strength = 'default' | 'enforced';
/** DEP-02, weakest first: built in, the person's own choice, then what IT set for the user, the machine, or as machine policy. */
export const settingSources = ['built_in', 'machine_default', 'person', 'user', 'machine', 'machine_policy'] as const;
export type SettingSource = (typeof settingSources)[number];

const setting = <S extends z.ZodType>(schema: S, fallback: z.output<S>, scope: 'app' | 'account', managed: boolean) => ({
  schema,
  fallback,
  scope,
  managed,
});

/** Every setting of the app, once: its schema, its default, whether it belongs to the app or to an account, and whether IT may govern it. */
export const settings = {
  language: setting(z.enum(['system', 'ja', 'en']), 'system', 'app', true),
  theme: setting(z.enum(['system', 'light', 'dark']), 'system', 'app', false),
  density: setting(z.enum(['comfortable', 'compact']), 'comfortable', 'app', false),
  zoomPercent: setting(z.number().int().min(80).max(200), 100, 'app', false),
  /** TLK-46: asked once at first run; null until then. */
  sendKey: setting(z.enum(['enter', 'ctrl_enter']).nullable(), null, 'app', true),
  notifications: setting(z.boolean(), true, 'account', true),
  /** TLK-43: the text in notifications. */
  notificationPreview: setting(z.boolean(), true, 'account', true),
  /** ACC-30: the member's own switch; counts only where the rule permits. */
  keepLogin: setting(z.boolean(), true, 'account', true),
  serverUrl: setting(z.string().max(500), '', 'app', true),
  autoStart: setting(z.boolean(), false, 'app', true),
  proxyUrl: setting(z.string().max(500), '', 'app', true),
  extraRootCertificates: setting(z.string().max(4_096), '', 'app', true),
  uploadLimitKiB: setting(z.number().int().min(0).max(10_485_760), 0, 'app', true),
  downloadLimitKiB: setting(z.number().int().min(0).max(10_485_760), 0, 'app', true),
  /** EXP-17: hours of the day (local, `HH:MM-HH:MM`, over midnight too) in which the limits do not count; empty for none. */
  fullSpeedHours: setting(z.union([z.literal(''), z.string().regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/)]), '', 'app', true),
  /** Transfers wait on networks that are paid by volume. */
  pauseOnMetered: setting(z.boolean(), true, 'app', true),
  /** EXP-07: days after which a file that was only opened becomes online-only again; 0 for never. */
  freeAfterDays: setting(z.number().int().min(0).max(3_650), 30, 'app', true),
  /** The same as soon as the disk has less than this free, in GiB; 0 for never. */
  freeBelowGiB: setting(z.number().int().min(0).max(10_240), 5, 'app', true),
  /** Where the person was last (`/talk/ROOM`), so that the window opens there again. */
  lastPlace: setting(z.string().max(500), '', 'account', false),
  closeToTray: setting(z.boolean(), true, 'app', true),
} as const;

export type SettingKey = keyof typeof settings;
export type SettingValue<K extends SettingKey> = z.output<(typeof settings)[K]['schema']>;
export type Settings = { [K in SettingKey]: SettingValue<K> };
export const SettingKeySchema = z.enum(Object.keys(settings) as [SettingKey, ...SettingKey[]]);

/** One place where values come from, with the strength of each. */
export interface SettingLayer {
  readonly source: SettingSource;
  readonly strength: Strength;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The value in force and who decided it; `locked` when the person cannot change it here. */
export interface EffectiveSetting {
  readonly value: unknown;
  readonly source: SettingSource;
  readonly locked: boolean;
}

/**
 * Folds layers into what is in force: enforced beats the person, the person beats defaults, later sources beat earlier ones.
 * Values that do not fit the schema, or that IT may not govern, are left out rather than believed.
 */
export function effectiveSettings(layers: readonly SettingLayer[]): Record<SettingKey, EffectiveSetting> {
  const rank = (layer: SettingLayer) => (layer.strength === 'enforced' ? 100 : 0) + settingSources.indexOf(layer.source);
  const ordered = layers.toSorted((a, b) => rank(a) - rank(b));
  const entries = Object.entries(settings).map(([key, { schema, fallback, managed }]) => {
    let effective: EffectiveSetting = { value: fallback, source: 'built_in', locked: false };
    for (const { source, strength, values } of ordered) {
      if (!Object.hasOwn(values, key) || (source !== 'person' && !managed)) continue;
      const parsed = schema.safeParse(values[key]);
      if (parsed.success) effective = { value: parsed.data, source, locked: strength === 'enforced' };
    }
    return [key, effective] as const;
  });
  return Object.fromEntries(entries) as Record<SettingKey, EffectiveSetting>;
}
