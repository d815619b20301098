import type { Notice } from './notice.ts';

/** What notices say, by kind. One text for the server's plain version, for notifications and for screens; `{{…}}` stands for facts. */
export const noticeTexts = {
  ja: {
    noticeRoom: 'サービス通知',
    notice_password_change_requested:
      '管理者がパスワードの変更を要請しています。設定の「ログインとセキュリティ」で変更できます。変更するまで、次のログインのときに新しいパスワードを求められます。',
    notice_new_device:
      '新しい端末からログインがありました。端末：{{deviceName}}（{{platform}}）、利用環境：{{client}}、アドレス：{{address}}（{{country}}）。心当たりがない場合は、パスワードを変更し、管理者に知らせてください。',
    notice_locked_out:
      '{{name}}さん（{{memberId}}）のアカウントを停止しました。ログインに{{failures}}回続けて失敗したためです。解除できるのは管理者だけです。',
    notice_update_available: '「{{deviceName}}」のHikyaku {{version}}は更新が必要です。',
    notice_two_step_reset:
      '管理者が2段階認証の設定を取り消しました。次のログインのとき、または設定の「ログインとセキュリティ」で、もう一度設定できます。',
    notice_totp_on: '2段階認証に認証アプリを登録しました。心当たりがない場合は、すぐに管理者に知らせてください。',
    notice_totp_off: '2段階認証から認証アプリを外しました。心当たりがない場合は、すぐに管理者に知らせてください。',
    notice_email_codes_on: '2段階認証にメールの確認コードを使うように変更しました。心当たりがない場合は、すぐに管理者に知らせてください。',
    notice_email_codes_off:
      '2段階認証でメールの確認コードを使わないように変更しました。心当たりがない場合は、すぐに管理者に知らせてください。',
    notice_recovery_codes_renewed:
      '回復コードを新しく作りました。これまでのコードは使えません。心当たりがない場合は、すぐに管理者に知らせてください。',
    notice_recovery_code_used: '回復コードでログインしました。残りは{{left}}個です。心当たりがない場合は、すぐに管理者に知らせてください。',
    notice_codes_failed:
      '正しいパスワードのあと、確認コードの間違いが続いたログインがありました。利用環境：{{client}}、アドレス：{{address}}（{{country}}）。心当たりがない場合は、パスワードを変更し、管理者に知らせてください。',
    notice_passkey_added: 'パスキー「{{name}}」を登録しました。心当たりがない場合は、すぐに管理者に知らせてください。',
    notice_passkey_removed: 'パスキー「{{name}}」を削除しました。心当たりがない場合は、すぐに管理者に知らせてください。',
    notice_email_changed: '登録メールアドレスを{{address}}に変更しました。心当たりがない場合は、すぐに管理者に知らせてください。',
    notice_file_unlocked: '{{byName}}さんが、あなたがロックしていたファイル「{{name}}」のロックを解除しました。',
    notice_other: 'お知らせがあります。',
    client_pcApp: 'PCアプリ',
    client_driveExplorer: 'ドライブの同期',
    client_browser: 'ブラウザー',
    client_other: 'その他',
    countryUnknown: '国は不明',
  },
  en: {
    noticeRoom: 'Service notices',
    notice_password_change_requested:
      'Your administrator asks you to change your password. You can do so in Settings, under Login and security. Until then, your next login asks for a new one.',
    notice_new_device:
      'There was a login from a new device. Device: {{deviceName}} ({{platform}}), used through: {{client}}, address: {{address}} ({{country}}). If that wasn’t you, change your password and tell your administrator.',
    notice_locked_out:
      'The account of {{name}} ({{memberId}}) was suspended after {{failures}} failed logins in a row. Only an administrator can lift this.',
    notice_update_available: 'Hikyaku {{version}} on “{{deviceName}}” needs an update.',
    notice_two_step_reset:
      'Your administrator removed your two-step verification. You can set it up again at the next login, or in Settings, under Login and security.',
    notice_totp_on: 'An authenticator app was added to your two-step verification. If that wasn’t you, tell your administrator now.',
    notice_totp_off: 'The authenticator app was removed from your two-step verification. If that wasn’t you, tell your administrator now.',
    notice_email_codes_on:
      'Codes by e-mail were turned on for your two-step verification. If that wasn’t you, tell your administrator now.',
    notice_email_codes_off:
      'Codes by e-mail were turned off for your two-step verification. If that wasn’t you, tell your administrator now.',
    notice_recovery_codes_renewed:
      'New recovery codes were made. The ones before no longer work. If that wasn’t you, tell your administrator now.',
    notice_recovery_code_used:
      'Somebody logged in with a recovery code. {{left}} are left. If that wasn’t you, tell your administrator now.',
    notice_codes_failed:
      'Somebody gave your right password, then wrong codes several times. Used through: {{client}}, address: {{address}} ({{country}}). If that wasn’t you, change your password and tell your administrator.',
    notice_passkey_added: 'The passkey “{{name}}” was added. If that wasn’t you, tell your administrator now.',
    notice_passkey_removed: 'The passkey “{{name}}” was removed. If that wasn’t you, tell your administrator now.',
    notice_email_changed: 'Your registered e-mail address is now {{address}}. If that wasn’t you, tell your administrator now.',
    notice_file_unlocked: '{{byName}} unlocked the file “{{name}}”, which you had locked.',
    notice_other: 'There is a notice for you.',
    client_pcApp: 'PC app',
    client_driveExplorer: 'Drive sync',
    client_browser: 'browser',
    client_other: 'other',
    countryUnknown: 'country unknown',
  },
} as const;

type Language = keyof typeof noticeTexts;
const clients: Readonly<Record<string, 'client_pcApp' | 'client_driveExplorer' | 'client_browser'>> = {
  'pc-app': 'client_pcApp',
  'drive-explorer': 'client_driveExplorer',
  browser: 'client_browser',
};

/** A notice as a plain sentence. A kind that this program does not know gets a general one, a fact that is missing leaves a dash. */
export function noticeText({ kind, facts }: Notice, language: Language): string {
  const texts: Readonly<Record<string, string>> = noticeTexts[language];
  const shown: Readonly<Record<string, string | number | null>> = {
    ...facts,
    client: texts[clients[String(facts['client'])] ?? 'client_other']!,
    country: countryName(facts['country'], language),
  };
  const text = Object.hasOwn(texts, `notice_${kind}`) ? texts[`notice_${kind}`]! : texts['notice_other']!;
  return text.replaceAll(/\{\{(\w+)\}\}/gu, (_, name: string) => String(shown[name] ?? '–'));
}

/** A country as people call it, by its code (ISO 3166-1 alpha-2). */
function countryName(code: unknown, language: Language): string {
  if (typeof code !== 'string' || !/^[A-Z]{2}$/u.test(code)) return noticeTexts[language].countryUnknown;
  return new Intl.DisplayNames([language], { type: 'region' }).of(code) ?? code;
}
