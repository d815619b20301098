import { useTranslation } from 'react-i18next';
import { noticeText } from '#shared/model/notice-texts.ts';
import type { Notice } from '#shared/model/notice.ts';
import type { Message } from '#shared/model/talk.ts';
import { pathOf, useRouter } from '../app/router.ts';
import { LinkButton } from '../ui/button.tsx';

/** Notices that are answered in the settings of one's account (ACC-09, ACC-27). */
const settled = new Set<Notice['kind']>([
  'password_change_requested',
  'new_device',
  'codes_failed',
  'two_step_reset',
  'totp_on',
  'totp_off',
  'email_changed',
  'email_codes_on',
  'email_codes_off',
  'recovery_codes_renewed',
  'passkey_added',
  'passkey_removed',
]);

/** What is said, in the language of the screen: a notice may have been written in another one. */
export function useSaid(): (message: Pick<Message, 'text' | 'notice'>) => string {
  const { i18n } = useTranslation();
  return ({ text, notice }) => (notice === undefined ? text : noticeText(notice, i18n.language === 'en' ? 'en' : 'ja'));
}

/** What the service tells somebody, with the way to what can be done about it. */
export function NoticeBody({ message }: { message: Pick<Message, 'text' | 'notice'> }) {
  const { t } = useTranslation('talk');
  const router = useRouter();
  const said = useSaid();
  return (
    <>
      {said(message)}
      {message.notice !== undefined && settled.has(message.notice.kind) && (
        <>
          <br />
          <LinkButton onClick={() => router.go(pathOf('settings', 'security'))}>{t('toSecuritySettings')}</LinkButton>
        </>
      )}
    </>
  );
}
