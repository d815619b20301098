/** What the page says, in both languages. */
export const texts = {
  ja: {
    title: 'パスキーで本人確認',
    lead: '確認が終わると、アプリに戻れます。',
    confirm: 'パスキーを使う',
    again: 'もう一度試す',
    failed: 'パスキーで確認できませんでした。',
    over: 'このログインは終わっています。アプリに戻り、もう一度ログインしてください。',
    unavailable: 'サーバーが応答しません。',
    done: '確認が終わりました。アプリに戻っています。',
  },
  en: {
    title: 'Confirm with a passkey',
    lead: 'You go back to the app when this is done.',
    confirm: 'Use a passkey',
    again: 'Try again',
    failed: 'The passkey could not be confirmed.',
    over: 'This login is over. Go back to the app and log in again.',
    unavailable: 'The server does not answer.',
    done: 'Done. Going back to the app.',
  },
} as const;

export type SignInTexts = (typeof texts)['ja' | 'en'];
