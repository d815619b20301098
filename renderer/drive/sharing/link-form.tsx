import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { AppError } from '#shared/base/errors.ts';
import type { Node } from '#shared/model/drive.ts';
import type { LinkScope } from '#shared/model/rules-drive.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../../app/host-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Checkbox, Input, Select } from '../../ui/input.tsx';
import { Note } from '../../ui/note.tsx';
import { useToast } from '../../ui/toast.tsx';
import { allowedDays, allowedScopes, readAddresses } from './link-choices.ts';

const dayMs = 86_400_000;

/** A new link, in the ways that the rules leave (DRV-11 to DRV-14). */
export function LinkForm({ node, onDone, onCancel }: { node: Node; onDone: () => void; onCancel: () => void }) {
  const { t } = useTranslation('sharing');
  const explain = useExplain();
  const toast = useToast();
  const { workspace } = useHost();
  const { accountId, policy } = useAccount();
  const { data } = useAnswer('drive.spaces', { accountId });
  const scopes = allowedScopes(policy, data?.spaces.find(({ id }) => id === node.spaceId)?.kind ?? 'my');
  const days = allowedDays(policy);
  const [scope, setScope] = useState<LinkScope>(scopes[0] ?? 'company');
  const [permission, setPermission] = useState<'read' | 'edit'>('read');
  const [mayDownload, setMayDownload] = useState(true);
  const [life, setLife] = useState(String(days.includes(7) ? 7 : (days[0] ?? 0)));
  const [addresses, setAddresses] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const create = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget).get('password');
    const password = scope === 'anyone' && typeof typed === 'string' && typed !== '' ? typed : null;
    const given = scope === 'one_time_password' ? readAddresses(addresses) : [];
    if (scope === 'one_time_password' && given.length === 0) return setProblem(t('addressesFault'));
    setBusy(true);
    try {
      const expiresAt = life === '0' ? null : Date.now() + Number(life) * dayMs;
      const { link } = await workspace['link.create']({
        ...{ accountId, nodeId: node.id, scope, permission, mayDownload, password, addresses: given, expiresAt },
      });
      const copied = await navigator.clipboard.writeText(link.url).then(
        () => true,
        () => false,
      );
      toast({ key: 'drive', text: t(copied ? 'copied' : 'linkCreated'), icon: 'done' });
      onDone();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      setProblem(explain(problemOf(error)));
    } finally {
      setBusy(false);
    }
    return undefined;
  };
  return (
    <form className="link-form" onSubmit={(event) => void create(event)}>
      <label className="row">
        <span className="label grow">{t('scope')}</span>
        <Select
          label={t('scope')}
          value={scope}
          options={scopes.map((value) => ({ value, text: t(`scope_${value}`) }))}
          onChange={setScope}
        />
      </label>
      <label className="row">
        <span className="label grow">{t('linkMay')}</span>
        <Select
          label={t('linkMay')}
          value={permission}
          options={(['read', 'edit'] as const).map((value) => ({ value, text: t(`permission_${value}`) }))}
          onChange={setPermission}
        />
      </label>
      <label className="row">
        <span className="label grow">{t('expires')}</span>
        <Select
          label={t('expires')}
          value={life}
          options={days.map((count) => ({ value: String(count), text: count === 0 ? t('expiresNever') : t('forDays', { count }) }))}
          onChange={setLife}
        />
      </label>
      {scope === 'anyone' && (
        <div className="col">
          <Input name="password" type="password" label={t('password')} autoComplete="new-password" minLength={4} maxLength={128} />
          <span className="xs t3">{t('passwordMore')}</span>
        </div>
      )}
      {scope === 'one_time_password' && (
        <Input label={t('addresses')} value={addresses} inputMode="email" onChange={(event) => setAddresses(event.target.value)} />
      )}
      <Checkbox checked={mayDownload} onChange={setMayDownload}>
        {t('allowDownload')}
      </Checkbox>
      {problem !== null && (
        <Note icon="error" tone="danger" alert>
          {problem}
        </Note>
      )}
      <div className="share-end">
        <span className="push" />
        <Button onClick={onCancel}>{t('cancel')}</Button>
        <Button type="submit" look="primary" disabled={busy || scopes.length === 0}>
          {t('create')}
        </Button>
      </div>
    </form>
  );
}
