import { useTranslation } from 'react-i18next';
import { useToast } from '../ui/toast.tsx';
import { useHost } from './host-context.tsx';

/** A logout that is over sooner needs no word. In milliseconds. */
const silentMs = 700;
/** As long as the host tries to send what is not sent yet. In milliseconds. */
const longestMs = 20_000;

/** Logs an account out. While what was not sent goes to the server first, that is said, and can be left undone (EXP-08). */
export function useLogout(accountId: string): () => void {
  const { t } = useTranslation('frame');
  const host = useHost();
  const toast = useToast();
  return () => {
    const leave = () => host.workspace['account.logout']({ accountId }).catch(() => undefined);
    const say = setTimeout(
      () =>
        toast({
          text: t('logoutSending'),
          icon: 'up',
          key: `logout ${accountId}`,
          milliseconds: longestMs,
          action: { text: t('logoutNow'), onPress: () => void leave() },
        }),
      silentMs,
    );
    void leave().finally(() => clearTimeout(say));
  };
}
