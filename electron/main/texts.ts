/** What the shell itself says, in the person's language. */
const japanese = {
  open: 'Hikyakuを開く',
  pause: '同期を止める',
  resume: '同期を再開',
  settings: '設定',
  quit: 'Hikyakuを終了',
  checking: '確認しています',
  loggedOut: 'ログインしてください',
  connected: (time: string | null) => (time === null ? 'サーバーにつながっています' : `サーバーにつながっています（${time}確認）`),
  noRoots: '同期するフォルダーはまだありません',
  inStep: (time: string | null) => (time === null ? 'すべて同期済みです' : `すべて同期済みです（${time}確認）`),
  done: (files: number | null) => (files === null ? '同期が終わりました' : `${files}件の同期が終わりました`),
  syncing: (files: number | null, size: string | null) =>
    files === null ? '同期しています' : `あと${files}件${size === null ? '' : `・${size}`}`,
  attention: (issues: number | null) => (issues === null ? '確認が必要です' : `${issues}件の確認が必要です`),
  paused: '一時停止しています',
  noAnswer: (time: string | null) => (time === null ? 'オフラインです' : `${time}から応答がありません`),
  unread: (count: number, mentions: number) => (mentions > 0 ? `未読 ${count}、自分あて ${mentions}` : `未読 ${count}`),
  newMessage: '新しいメッセージがあります',
  testNotification: '通知はこのように届きます',
  agentEnded: 'Hikyakuの処理が続けて止まりました',
  agentEndedDetail:
    '送っていないものと書きかけのものは、このPCに残っています。もう一度始めても止まる場合は、このプロファイルのlogフォルダーを管理者に渡してください。',
  agentNotRunning: '処理が止まっています',
  startAgain: 'もう一度始める',
  later: 'あとで',
  edit: '編集',
  view: '表示',
  zoomIn: '拡大',
  zoomOut: '縮小',
  zoomReset: '実際のサイズ',
} as const;

type Texts = {
  readonly [K in keyof typeof japanese]: (typeof japanese)[K] extends (...input: infer I) => string ? (...input: I) => string : string;
};

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;
const english: Texts = {
  open: 'Open Hikyaku',
  pause: 'Pause sync',
  resume: 'Resume sync',
  settings: 'Settings',
  quit: 'Quit Hikyaku',
  checking: 'Checking',
  loggedOut: 'Log in',
  connected: (time) => (time === null ? 'Connected' : `Connected (checked ${time})`),
  noRoots: 'No folders to sync yet',
  inStep: (time) => (time === null ? 'Everything is in step' : `Everything is in step (checked ${time})`),
  done: (files) => (files === null ? 'Sync is done' : `Synced ${counted(files, 'file', 'files')}`),
  syncing: (files, size) => (files === null ? 'Syncing' : `${counted(files, 'file', 'files')} left${size === null ? '' : ` · ${size}`}`),
  attention: (issues) => (issues === null ? 'Something needs you' : `${counted(issues, 'item needs', 'items need')} you`),
  paused: 'Paused',
  noAnswer: (time) => (time === null ? "You're offline" : `No answer since ${time}`),
  unread: (count, mentions) => (mentions > 0 ? `${count} unread, ${mentions} to you` : `${count} unread`),
  newMessage: 'You have a new message',
  testNotification: 'This is how notifications look',
  agentEnded: 'A part of Hikyaku stopped several times in a row',
  agentEndedDetail:
    "Unsent and unsaved work is kept on this PC. If it stops again after a restart, give your administrator this profile's log folder.",
  agentNotRunning: "A part of Hikyaku isn't running",
  startAgain: 'Start again',
  later: 'Later',
  edit: 'Edit',
  view: 'View',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  zoomReset: 'Actual size',
};

export type Language = 'ja' | 'en';

/** The texts of a language. */
export const textsOf = (language: Language): Texts => (language === 'ja' ? japanese : english);
export type { Texts };

/** The language in force: the person's choice, else Japanese where the OS speaks it, else English. */
export const languageOf = (setting: 'system' | Language, systemLanguage: string): Language =>
  setting === 'system' ? (/^ja\b/i.test(systemLanguage) ? 'ja' : 'en') : setting;
