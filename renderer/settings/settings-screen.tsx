import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccount, useHost } from '../app/host-context.tsx';
import { pathOf, useRouter } from '../app/router.ts';
import { LinkButton } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { AccountSettings } from './account-settings.tsx';
import { DriveAccessSettings } from './drive-access.tsx';
import { GeneralSettings } from './general-settings.tsx';
import { NotificationSettings } from './notification-settings.tsx';
import { RulesSettings } from './rules-settings.tsx';
import { SecuritySettings } from './security-settings.tsx';
import { SyncSettings } from './sync-settings.tsx';
import { VersionSettings } from './version-settings.tsx';
import './settings.css';

interface Section {
  readonly id: 'general' | 'notifications' | 'sync' | 'account' | 'security' | 'driveAccess' | 'companyRules' | 'version';
  readonly icon: IconName;
  readonly Component: ComponentType;
  /** Only where the app's shell stands behind it. */
  readonly appOnly: boolean;
}
const sections: readonly Section[] = [
  { id: 'general', icon: 'settings', Component: GeneralSettings, appOnly: false },
  { id: 'notifications', icon: 'bell', Component: NotificationSettings, appOnly: true },
  { id: 'sync', icon: 'sync', Component: SyncSettings, appOnly: true },
  { id: 'account', icon: 'person', Component: AccountSettings, appOnly: false },
  { id: 'security', icon: 'key', Component: SecuritySettings, appOnly: false },
  { id: 'driveAccess', icon: 'folder', Component: DriveAccessSettings, appOnly: false },
  { id: 'companyRules', icon: 'shield', Component: RulesSettings, appOnly: false },
  { id: 'version', icon: 'info', Component: VersionSettings, appOnly: false },
];

/** The settings: sections at the left, one of them at the right. In a browser only what works there. */
export function SettingsScreen({ path }: { path: readonly string[] }) {
  const { t } = useTranslation('settings');
  const host = useHost();
  const router = useRouter();
  const { tenantName, policyRevision } = useAccount();
  const shown = sections.filter(({ appOnly }) => !appOnly || host.shell !== null);
  const current = shown.find(({ id }) => id === path[0]) ?? shown[0]!;
  return (
    <div className="columns settings-columns">
      <section className="side" data-column aria-label={t('sections')}>
        <div className="head">
          <h1>{t('title')}</h1>
        </div>
        <nav aria-label={t('sections')}>
          {shown.map(({ id, icon }) => (
            <button
              key={id}
              type="button"
              className={classNames('section-link', id === current.id && 'on')}
              aria-current={id === current.id ? 'page' : undefined}
              onClick={() => router.go(pathOf('settings', id))}
            >
              <Icon name={icon} size={17} className="t3" />
              {t(id)}
            </button>
          ))}
        </nav>
        <div className="company-rules sm t2 prose">
          <span className="row" style={{ gap: 6, marginBottom: 2 }}>
            <Icon name="shield" size={14} />
            <b>{t('rulesNote')}</b>
          </span>
          {t('rulesText', { tenant: tenantName })}{' '}
          <LinkButton className="sm" onClick={() => router.go(pathOf('settings', 'companyRules'))}>
            {t('allRules')}
          </LinkButton>
        </div>
      </section>
      <main className="main" data-column>
        <div className="head">
          <h1>{t(current.id)}</h1>
          <span className="push t3 sm num" style={{ paddingRight: 8 }}>
            {t('rulesRevision', { revision: policyRevision })}
          </span>
        </div>
        <div className="settings-scroll" role="region" aria-label={t(current.id)} tabIndex={0}>
          <div className="settings-form">
            <current.Component />
          </div>
        </div>
      </main>
    </div>
  );
}
