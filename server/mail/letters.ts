import { assertNever } from '#shared/base/assert.ts';
import type { LetterContent } from '../context.ts';

interface Text {
  readonly subject: string;
  readonly text: string;
}

const ending = {
  ja: '\n\nこのメールは自動で送られています。返信しても届きません。\nHikyaku\n',
  en: '\n\nThis message was sent automatically. Nobody reads replies.\nHikyaku\n',
} as const;

const tenMinutes = {
  ja: 'このコードは10分間だけ、一度だけ使えます。ほかの人に教えないでください。',
  en: 'The code is good for ten minutes, and once. Don’t give it to anybody.',
} as const;

const notYou = {
  ja: '心当たりがない場合は、このメールを無視してください。何度も届く場合は、管理者に知らせてください。',
  en: 'If this wasn’t you, ignore this message. If such messages keep coming, tell your administrator.',
} as const;

/** What a letter says, in plain text. */
export function letterText(content: LetterContent, language: 'ja' | 'en'): Text {
  const { subject, text } = language === 'ja' ? japanese(content) : english(content);
  return { subject, text: text + ending[language] };
}

function japanese(content: LetterContent): Text {
  switch (content.kind) {
    case 'login_code':
      return { subject: 'ログインの確認コード', text: `ログインの確認コード：${content.code}\n\n${tenMinutes.ja}\n${notYou.ja}` };
    case 'address_code':
      return {
        subject: 'メールアドレスの確認コード',
        text: `このアドレスを登録するための確認コード：${content.code}\n\n${tenMinutes.ja}\n${notYou.ja}`,
      };
    case 'recovery_code':
      return {
        subject: 'パスワード再設定の確認コード',
        text: `${content.member} のパスワードを再設定するための確認コード：${content.code}\n\n${tenMinutes.ja}\n${notYou.ja}`,
      };
    case 'member_ids':
      return {
        subject: 'メンバーIDのお知らせ',
        text: `このアドレスで登録されているメンバーIDは次のとおりです。\n\n${content.members.join('\n')}\n\n${notYou.ja}`,
      };
    case 'first_password':
      return {
        subject: content.renewed ? 'パスワードを設定し直してください' : 'パスワードを設定してください',
        text: `${
          content.renewed
            ? `${content.company}の管理者が、全員のパスワードを初期化しました。`
            : `${content.company}の管理者が、あなたのアカウントを用意しました。`
        }次のリンクからパスワードを決めると、ログインできます。\n\nログイン名：${content.member}\n${content.url}\n\nリンクは7日間、一度だけ使えます。ほかの人に転送しないでください。`,
      };
    case 'link_code':
      return {
        subject: '共有リンクの確認コード',
        text: `${content.company}から共有されたファイルを開くための確認コード：${content.code}\n\nこのコードは、リンクを開いたブラウザーで、10分間だけ、一度だけ使えます。ほかの人に教えないでください。\n心当たりがない場合は、このメールを無視してください。`,
      };
    case 'test':
      return { subject: 'メール送信の確認', text: `${content.company}のサーバーからメールを送れることを確認するためのメールです。` };
    default:
      return assertNever(content, 'kind of letter');
  }
}

function english(content: LetterContent): Text {
  switch (content.kind) {
    case 'login_code':
      return { subject: 'Your login code', text: `Your login code: ${content.code}\n\n${tenMinutes.en}\n${notYou.en}` };
    case 'address_code':
      return {
        subject: 'Confirm your e-mail address',
        text: `The code to register this address: ${content.code}\n\n${tenMinutes.en}\n${notYou.en}`,
      };
    case 'recovery_code':
      return {
        subject: 'The code to reset your password',
        text: `The code to reset the password of ${content.member}: ${content.code}\n\n${tenMinutes.en}\n${notYou.en}`,
      };
    case 'member_ids':
      return {
        subject: 'Your member ID',
        text: `These member IDs are registered with this address:\n\n${content.members.join('\n')}\n\n${notYou.en}`,
      };
    case 'first_password':
      return {
        subject: content.renewed ? 'Choose a new password' : 'Choose your password',
        text: `${
          content.renewed
            ? `The administrator of ${content.company} reset everybody’s password.`
            : `The administrator of ${content.company} has set up an account for you.`
        } Choose a password with this link, then log in.\n\nLogin name: ${content.member}\n${content.url}\n\nThe link works for seven days, and once. Don’t pass it on.`,
      };
    case 'link_code':
      return {
        subject: 'The code to open a shared link',
        text: `The code to open what ${content.company} shared with you: ${content.code}\n\nIt works in the browser in which you opened the link, for ten minutes, and once. Don’t give it to anybody.\nIf this wasn’t you, ignore this message.`,
      };
    case 'test':
      return { subject: 'Mail test', text: `This message shows that the server of ${content.company} can send mail.` };
    default:
      return assertNever(content, 'kind of letter');
  }
}
