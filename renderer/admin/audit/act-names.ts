import { useTranslation } from 'react-i18next';
import { audit } from '../texts/audit.ts';

type Key = keyof typeof audit.ja;
const isKey = (key: string): key is Key => Object.hasOwn(audit.ja, key);
const prefix = 'act_';

/** Acts that have a name, as the log writes them. */
export const knownActs: readonly string[] = Object.keys(audit.ja)
  .filter((key) => key.startsWith(prefix))
  .map((key) => {
    const [head = '', ...rest] = key.slice(prefix.length).split('_');
    // The first part is the noun; `identity_provider` is the one that has two words, `account` acts have two steps.
    if (head === 'identity') return `identity_provider.${rest.slice(1).join('_')}`;
    if (head === 'account') return `account.${rest.join('.')}`;
    return `${head}.${rest.join('_')}`;
  });

/** What an act is called; acts of newer servers keep their own name. */
export function useActName(): (action: string) => string {
  const { t } = useTranslation('audit');
  return (action) => {
    const key = prefix + action.replaceAll('.', '_');
    return isKey(key) ? t(key) : action;
  };
}
