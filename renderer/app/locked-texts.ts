/** What a locked window says, by the reason: its title, the rule by its name, and what can be done there. */
export interface LockedTexts {
  readonly title:
    | 'networkTitle'
    | 'countryTitle'
    | 'verifyTitle'
    | 'upgradeTitle'
    | 'suspendedTitle'
    | 'deletedTitle'
    | 'waitingTitle'
    | 'blockedTitle'
    | 'leaseTitle'
    | 'idleTitle'
    | 'wipedTitle'
    | 'endedTitle'
    | 'lockedTitle';
  /** What it means, where the title already says what the reason's own sentence begins with. */
  readonly text?: 'networkText' | 'countryText' | 'upgradeText' | 'idleText' | 'wipedText';
  readonly rule?: 'ruleNetwork' | 'ruleCountry' | 'ruleVersion' | 'ruleAccount' | 'ruleApp' | 'ruleLease' | 'ruleIdle' | 'ruleDevice';
  /** What the rule was about, where the server says it. */
  readonly about?: 'address' | 'country' | 'versionNeeded';
  /** What goes on: looking again (the rule may have passed), a new login, or nothing that the person can do here. */
  readonly way: 'check' | 'login' | 'none';
  /** The browser edition may still work. */
  readonly browser?: true;
  /** Nothing of the account is kept on this PC any more, or nothing is to be promised. */
  readonly gone?: true;
}

const known: Readonly<Record<string, LockedTexts>> = {
  network_denied: { title: 'networkTitle', text: 'networkText', rule: 'ruleNetwork', about: 'address', way: 'check' },
  country_denied: { title: 'countryTitle', text: 'countryText', rule: 'ruleCountry', about: 'country', way: 'check' },
  country_unverified: { title: 'verifyTitle', rule: 'ruleCountry', about: 'country', way: 'login' },
  upgrade_required: {
    title: 'upgradeTitle',
    text: 'upgradeText',
    rule: 'ruleVersion',
    about: 'versionNeeded',
    way: 'check',
    browser: true,
  },
  member_suspended: { title: 'suspendedTitle', rule: 'ruleAccount', way: 'check' },
  member_suspended_failures: { title: 'suspendedTitle', rule: 'ruleAccount', way: 'check' },
  member_waiting: { title: 'waitingTitle', rule: 'ruleAccount', way: 'check' },
  member_deleted: { title: 'deletedTitle', rule: 'ruleAccount', way: 'none', gone: true },
  app_blocked: { title: 'blockedTitle', rule: 'ruleApp', way: 'check', browser: true },
  service_denied: { title: 'blockedTitle', rule: 'ruleApp', way: 'check' },
  lease_over: { title: 'leaseTitle', rule: 'ruleLease', way: 'check' },
  session_idle: { title: 'idleTitle', text: 'idleText', rule: 'ruleIdle', way: 'login' },
  device_wiped: { title: 'wipedTitle', text: 'wipedText', rule: 'ruleDevice', way: 'none', gone: true },
  key_withheld: { title: 'lockedTitle', way: 'check' },
  keep_login_forbidden: { title: 'endedTitle', rule: 'ruleAccount', way: 'login' },
  session_ended: { title: 'endedTitle', way: 'login' },
  session_missing: { title: 'endedTitle', way: 'login' },
  forced_logout: { title: 'endedTitle', way: 'login' },
  password_changed: { title: 'endedTitle', way: 'login' },
  logged_in_elsewhere: { title: 'endedTitle', way: 'login' },
  own_password_changed: { title: 'endedTitle', way: 'login' },
};

export const lockedTexts = (reason: string): LockedTexts => known[reason] ?? { title: 'lockedTitle', way: 'check' };

/** Ends that are told on a page of their own before the login form comes; the others are a line above it. */
const grave: ReadonlySet<string> = new Set([
  'member_suspended',
  'member_suspended_failures',
  'member_deleted',
  'app_blocked',
  'device_wiped',
]);
export const isGrave = (reason: string): boolean => grave.has(reason);
