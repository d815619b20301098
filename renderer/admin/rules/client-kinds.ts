import { useTranslation } from 'react-i18next';
import type { ClientKind } from '#shared/model/policy.ts';

/** What a program is called, in the language that is shown. Programs of newer servers keep their own name. */
export function useKindName(): (kind: string) => string {
  const { t } = useTranslation('network');
  const names: Readonly<Record<ClientKind | 'link', string>> = {
    'pc-app': t('kind_pc_app'),
    'drive-explorer': t('kind_drive_explorer'),
    browser: t('kind_browser'),
    dav: t('kind_dav'),
    mobile: t('kind_mobile'),
    // Not a program: what was taken by a link (DRV-14).
    link: t('kind_link'),
  };
  return (kind) => (Object.hasOwn(names, kind) ? names[kind as keyof typeof names] : kind);
}
