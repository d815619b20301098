import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { IdentityProvider } from '#shared/contract/admin-logins.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Checkbox, Input, Select } from '../../ui/input.tsx';
import { Note } from '../../ui/note.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useAct } from '../app/use-server.tsx';
import { CopyField } from './copy-field.tsx';
import { emptyProvider, faultsOf, formOf, inputOf, type ProviderForm } from './provider-form.ts';

/** ACC-26: the form of one identity provider, a new one where none is given. */
export function ProviderDialog({ provider, onClose }: { provider: IdentityProvider | null; onClose: () => void }) {
  const { t } = useTranslation('singleSignOn');
  const { t: ui } = useTranslation('ui');
  const toast = useToast();
  const { run, busy, problem } = useAct('identityProvider.set');
  const [form, setForm] = useState<ProviderForm>(provider === null ? emptyProvider : formOf(provider));
  const [tried, setTried] = useState(false);
  const faults = faultsOf(form);
  const save = async () => {
    setTried(true);
    if (Object.keys(faults).length > 0) return;
    const saved = await run({ provider: inputOf(form) });
    if (saved === null) return;
    toast({ text: t('saved', { name: saved.provider.name }), icon: 'done' });
    onClose();
  };
  const fault = (field: keyof typeof faults): string | null => {
    const found = tried ? faults[field] : undefined;
    return found === undefined ? null : t(found);
  };
  const set = (part: Partial<ProviderForm>) => setForm({ ...form, ...part });
  return (
    <Dialog
      open
      onClose={onClose}
      title={provider === null ? t('add') : t('editTitle')}
      className="wide-dialog"
      footer={
        <>
          <Button onClick={onClose}>{ui('cancel')}</Button>
          <Button look="primary" disabled={busy} onClick={() => void save()}>
            {t('save')}
          </Button>
        </>
      }
    >
      <div className="form">
        {provider === null && (
          <Segmented
            label={t('kind')}
            value={form.kind}
            options={[
              { value: 'oidc', text: t('oidc') },
              { value: 'saml', text: t('saml') },
            ]}
            onChange={(kind) => set({ kind })}
          />
        )}
        <Input
          label={t('name')}
          value={form.name}
          maxLength={60}
          problem={fault('name')}
          onChange={(event) => set({ name: event.target.value })}
        />
        {form.kind === 'oidc' ? (
          <OidcFields form={form} set={set} fault={fault} hasSecret={provider?.kind === 'oidc' && provider.hasSecret} />
        ) : (
          <SamlFields form={form} set={set} fault={fault} />
        )}
        <Checkbox checked={form.enabled} onChange={(enabled) => set({ enabled })}>
          {t('enabled')}
        </Checkbox>
        {provider === null ? (
          <p className="sm t3 prose">{t('redirectUriLater')}</p>
        ) : (
          <CopyField label={t('redirectUri')} text={provider.redirectUri} />
        )}
        {problem !== null && (
          <Note icon="error" tone="danger" alert>
            {problem}
          </Note>
        )}
      </div>
    </Dialog>
  );
}

interface FieldsProps {
  form: ProviderForm;
  set: (part: Partial<ProviderForm>) => void;
  fault: (field: 'issuer' | 'clientId' | 'entryPoint' | 'certificate' | 'samlIssuer') => string | null;
}

function OidcFields({ form, set, fault, hasSecret }: FieldsProps & { hasSecret: boolean }) {
  const { t } = useTranslation('singleSignOn');
  return (
    <>
      <Input
        label={t('issuer')}
        type="url"
        value={form.issuer}
        placeholder={t('issuerHint')}
        problem={fault('issuer')}
        onChange={(event) => set({ issuer: event.target.value })}
      />
      <div className="form-pair">
        <Input
          label={t('clientId')}
          value={form.clientId}
          problem={fault('clientId')}
          onChange={(event) => set({ clientId: event.target.value })}
        />
        <div className="col">
          <Input
            label={t('clientSecret')}
            type="password"
            autoComplete="new-password"
            value={form.clientSecret}
            onChange={(event) => set({ clientSecret: event.target.value })}
          />
          <span className="xs t3">{t(hasSecret ? 'clientSecretKept' : 'clientSecretNone')}</span>
        </div>
      </div>
      <Match
        value={form.oidcMatch}
        options={(['preferred_username', 'email', 'sub'] as const).map((value) => ({ value, text: t(`match_${value}`) }))}
        onChange={(oidcMatch) => set({ oidcMatch })}
      />
    </>
  );
}

function SamlFields({ form, set, fault }: FieldsProps) {
  const { t } = useTranslation('singleSignOn');
  const id = useId();
  const certificate = fault('certificate');
  return (
    <>
      <Input
        label={t('entryPoint')}
        type="url"
        value={form.entryPoint}
        problem={fault('entryPoint')}
        onChange={(event) => set({ entryPoint: event.target.value })}
      />
      <Input
        label={t('samlIssuer')}
        value={form.samlIssuer}
        problem={fault('samlIssuer')}
        onChange={(event) => set({ samlIssuer: event.target.value })}
      />
      <div className="col">
        <label className="label" htmlFor={id}>
          {t('certificate')}
        </label>
        <textarea
          id={id}
          className="text-area mono"
          rows={5}
          spellCheck={false}
          value={form.certificate}
          aria-invalid={certificate !== null}
          aria-describedby={`${id}-fault`}
          onChange={(event) => set({ certificate: event.target.value })}
        />
        <span id={`${id}-fault`} className="sm danger" role="alert">
          {certificate}
        </span>
      </div>
      <Match
        value={form.samlMatch}
        options={(['nameId', 'email'] as const).map((value) => ({ value, text: t(`match_${value}`) }))}
        onChange={(samlMatch) => set({ samlMatch })}
      />
    </>
  );
}

function Match<Value extends string>(props: {
  value: Value;
  options: readonly { value: Value; text: string }[];
  onChange: (value: Value) => void;
}) {
  const { t } = useTranslation('singleSignOn');
  const id = useId();
  return (
    <div className="col">
      <label className="label" htmlFor={id}>
        {t('match')}
      </label>
      <Select id={id} {...props} />
    </div>
  );
}
