import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { IdentityProvider } from '#shared/contract/admin-logins.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { Chip } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote, Note } from '../../ui/note.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { useAct, useAnswer } from '../app/use-server.tsx';
import { CopyField } from './copy-field.tsx';
import { ProviderDialog } from './provider-dialog.tsx';
import { RuleSwitch } from './rule-row.tsx';
import { RuleSection } from './rule-section.tsx';
import { useRuleTexts } from './rule-text.ts';
import type { Rules } from './rules-context.tsx';
import { RulesPage } from './rules-page.tsx';

/** ACC-23, ACC-26: the ways to log in besides id and password, and the identity providers. */
export function LoginRulesScreen() {
  const { t } = useTranslation('singleSignOn');
  const { t: rule } = useTranslation('rules');
  return (
    <RulesPage title={t('title')} sections={['loginMethods']}>
      {(rules) => (
        <>
          <RuleSection title={rule('loginMethods')} note={rule('loginMethodsNote')} affected="loginMethods">
            <RuleSwitch rules={rules} path="loginMethods.passkey" />
            <RuleSwitch rules={rules} path="loginMethods.oidc" />
            <RuleSwitch rules={rules} path="loginMethods.saml" />
          </RuleSection>
          <RuleSection title={t('providers')} note={t('providersNote')}>
            <Providers rules={rules} />
          </RuleSection>
        </>
      )}
    </RulesPage>
  );
}

function Providers({ rules }: { rules: Rules }) {
  const { t } = useTranslation('singleSignOn');
  const { t: ui } = useTranslation('ui');
  const explain = useExplain();
  const { data, error, refetch } = useAnswer('identityProvider.list', {});
  /** Null: none is open; `new`: a new one. */
  const [open, setOpen] = useState<IdentityProvider | 'new' | null>(null);
  return (
    <div className="stack" style={{ paddingTop: 10 }}>
      {error !== null && (
        <ErrorNote title={t('providers')} retry={{ text: ui('retry'), onPress: () => void refetch() }}>
          {explain(problemOf(error))}
        </ErrorNote>
      )}
      {data?.providers.length === 0 && <p className="sm t3">{t('none')}</p>}
      {data?.providers.map((provider) => (
        <Provider key={provider.id} provider={provider} rules={rules} onEdit={() => setOpen(provider)} />
      ))}
      <div>
        <Button icon="plus" onClick={() => setOpen('new')}>
          {t('add')}
        </Button>
      </div>
      {open !== null && <ProviderDialog provider={open === 'new' ? null : open} onClose={() => setOpen(null)} />}
    </div>
  );
}

function Provider({ provider, rules, onEdit }: { provider: IdentityProvider; rules: Rules; onEdit: () => void }) {
  const { t } = useTranslation('singleSignOn');
  const { t: ui } = useTranslation('ui');
  const texts = useRuleTexts();
  const format = useFormat();
  const toast = useToast();
  const test = useAct('identityProvider.test');
  const remove = useAct('identityProvider.remove');
  const [result, setResult] = useState<{ ok: boolean; problem: string | null; checkedAt: number } | null>(null);
  const [sure, setSure] = useState(false);
  const { name, kind, enabled } = provider;
  const path = `loginMethods.${kind}` as const;
  return (
    <div className="box provider">
      <div className="row">
        <b className="cut">{name}</b>
        <Chip>{t(kind)}</Chip>
        <Chip tone={enabled ? 'positive' : 'neutral'}>{t(enabled ? 'on' : 'off')}</Chip>
        <span className="row push">
          <Button size="small" disabled={test.busy} onClick={() => void test.run({ id: provider.id }).then(setResult)}>
            {t(test.busy ? 'testing' : 'test')}
          </Button>
          <Button size="small" onClick={onEdit}>
            {t('edit')}
          </Button>
          <Button size="small" onClick={() => setSure(true)}>
            {t('remove')}
          </Button>
        </span>
      </div>
      <span className="sm t3 selectable">{kind === 'oidc' ? provider.issuer : provider.entryPoint}</span>
      <CopyField label={t('redirectUri')} text={provider.redirectUri} />
      {!rules.shown.loginMethods[kind] && enabled && (
        <Note icon="shield" tone="caution">
          {t('ruleOff', { rule: texts.name(path) })}
        </Note>
      )}
      {(test.problem ?? remove.problem) !== null && (
        <Note icon="error" tone="danger" alert>
          {test.problem ?? remove.problem}
        </Note>
      )}
      {result !== null && (
        <Note icon={result.ok ? 'done' : 'error'} tone={result.ok ? 'positive' : 'danger'}>
          {result.ok
            ? t('testOk', { time: format.stamp(result.checkedAt) })
            : t('testBad', { problem: result.problem ?? '', time: format.stamp(result.checkedAt) })}
        </Note>
      )}
      <Dialog
        open={sure}
        onClose={() => setSure(false)}
        title={t('removeSure', { name })}
        footer={
          <>
            <Button onClick={() => setSure(false)}>{ui('cancel')}</Button>
            <Button
              look="danger"
              disabled={remove.busy}
              onClick={() =>
                void remove.run({ id: provider.id }).then((done) => {
                  setSure(false);
                  if (done !== null) toast({ text: t('removed', { name }), icon: 'done' });
                })
              }
            >
              {t('remove')}
            </Button>
          </>
        }
      >
        <p className="prose">{t('removeMore')}</p>
      </Dialog>
    </div>
  );
}
