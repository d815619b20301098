import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.tsx';
import { Select } from '../ui/input.tsx';
import { Logo } from '../ui/logo.tsx';
import { Note } from '../ui/note.tsx';
import { useExplain } from './explain.ts';
import type { HostInfo, Looked } from './login-facts.ts';
import { LoginForm } from './login-form.tsx';
import { LoginServer } from './login-server.tsx';
import { useSettings } from './settings-source.ts';
import { TitleBar } from './title-bar.tsx';

interface LoginWindowProps {
  info: HostInfo;
  /** Why the last account ended, or null. */
  endedBy: string | null;
  onDone: (accountId: string) => void;
  /** Back to the account that is already open. */
  onBack?: () => void;
}

/** The login form: first which server, then who. */
export function LoginWindow({ info, endedBy, onDone, onBack }: LoginWindowProps) {
  const { t } = useTranslation('login');
  const explain = useExplain();
  const settings = useSettings(null);
  const configured = info.serverUrl ?? settings.get('serverUrl');
  const [looked, setLooked] = useState<Looked | null>(null);
  useEffect(() => {
    document.title = `Hikyaku: ${t('title')}`;
    return () => {
      document.title = 'Hikyaku';
    };
  }, [t]);
  return (
    <div className="lone">
      <TitleBar>
        <span className="xs t3 grow">Hikyaku</span>
      </TitleBar>
      <main className="sheet">
        <div className="login-head">
          <Logo />
          <h1>{t('title')}</h1>
        </div>
        {endedBy !== null && endedBy !== 'logged_out' && (
          <div style={{ marginBottom: 14 }}>
            <Note icon="info">{explain({ code: 'unauthenticated', reason: endedBy })}</Note>
          </div>
        )}
        <LoginServer key={configured} configured={configured} fixed={info.host === 'browser'} looked={looked} onLooked={setLooked} />
        {looked !== null && <LoginForm info={info} looked={looked} onDone={onDone} />}
        <div className="row" style={{ marginTop: 'auto', paddingTop: 20 }}>
          {onBack !== undefined && (
            <Button look="quiet" size="small" icon="back" onClick={onBack}>
              {t('backToApp')}
            </Button>
          )}
          <Select
            label={t('language')}
            value={settings.get('language')}
            disabled={settings.locked('language')}
            options={[
              { value: 'system', text: '日本語 / English' },
              { value: 'ja', text: '日本語' },
              { value: 'en', text: 'English' },
            ]}
            onChange={(value) => void settings.set('language', value)}
          />
          <span className="push xs t3 num">{t('version', { version: info.version })}</span>
        </div>
      </main>
    </div>
  );
}
