import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Input, Select, Switch } from '../../ui/input.tsx';
import { Note } from '../../ui/note.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { FormDialog, FormSelect } from '../app/form.tsx';
import { Answered, Page } from '../app/page.tsx';
import { useAct, useAnswer } from '../app/use-server.tsx';
import { useRules } from './use-rules.ts';

const days = [1, 3, 7, 14, 30];

/** Links that let people in: who may make them, and those that are open (ADM-04). */
export function InvitationsScreen() {
  const { t } = useTranslation('people');
  const format = useFormat();
  const rules = useRules();
  const answer = useAnswer('invitation.list', {});
  const revoke = useAct('invitation.revoke');
  const names = new Map(useAnswer('directory.list', {}).data?.members.map(({ id, name }) => [id, name]));
  const [creating, setCreating] = useState(false);
  const invitations = rules.policy?.invitations;
  const isOff = invitations?.by === 'nobody';
  const problem = rules.problem ?? revoke.problem;
  return (
    <Page
      title={t('invitations')}
      actions={
        <Button look="primary" icon="link" disabled={isOff || invitations === undefined} onClick={() => setCreating(true)}>
          {t('createInvitation')}
        </Button>
      }
    >
      <Answered answer={answer}>
        {({ invitations: open }) => (
          <div className="page-scroll narrow">
            <p className="sm t3 prose">{t('invitationsMore')}</p>
            {problem !== null && (
              <Note icon="error" tone="danger" alert>
                {problem}
              </Note>
            )}
            <h2>{t('byRule')}</h2>
            <div className="box">
              <label className="box-row">
                <span className="grow">{t('inviteBy')}</span>
                <Select
                  label={t('inviteBy')}
                  value={invitations?.by ?? 'nobody'}
                  disabled={invitations === undefined || rules.busy}
                  options={(['nobody', 'administrators', 'everyone'] as const).map((value) => ({ value, text: t(`invite_${value}`) }))}
                  onChange={(by) => rules.save({ invitations: { by } })}
                />
              </label>
              <label className="box-row">
                <span className="col grow">
                  <span>{t('approve')}</span>
                  <span className="xs t3 prose">{t('approveMore')}</span>
                </span>
                <Switch
                  aria-label={t('approve')}
                  checked={invitations?.approveAutomatically ?? false}
                  disabled={invitations === undefined || rules.busy}
                  onChange={(approveAutomatically) => rules.save({ invitations: { approveAutomatically } })}
                />
              </label>
            </div>
            {isOff && <p className="sm t2 prose list-note">{t('inviteOff')}</p>}
            <h2>
              {t('openLinks')} <span className="t3 num count-of">{open.length}</span>
            </h2>
            <div className="box">
              {open.length === 0 ? (
                <p className="box-row sm t3">{t('noInvitations')}</p>
              ) : (
                <table className="plain-table">
                  <thead>
                    <tr>
                      <th>{t('forWhom')}</th>
                      <th>{t('createdBy')}</th>
                      <th>{t('createdAt')}</th>
                      <th>{t('expiresAt')}</th>
                      <th aria-label={t('revoke')} />
                    </tr>
                  </thead>
                  <tbody>
                    {open.map((one) => (
                      <tr key={one.id}>
                        <td>{format.facts([t(`kind_${one.kind}`), one.memberId])}</td>
                        <td>{one.createdBy === null ? '' : (names.get(one.createdBy) ?? '')}</td>
                        <td className="num">{format.stamp(one.createdAt)}</td>
                        <td className="num">{format.stamp(one.expiresAt)}</td>
                        <td className="end">
                          <Button
                            size="small"
                            aria-label={t('revokeOf', { at: format.stamp(one.createdAt) })}
                            disabled={revoke.busy}
                            onClick={() => void revoke.run({ id: one.id })}
                          >
                            {t('revoke')}
                          </Button>
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
            </div>
          </div>
        )}
      </Answered>
      {creating && <CreateInvitation onClose={() => setCreating(false)} />}
    </Page>
  );
}

/** Makes a link and shows it, once. */
function CreateInvitation({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['people', 'console']);
  const format = useFormat();
  const act = useAct('invitation.create');
  const [made, setMade] = useState<{ readonly url: string; readonly expiresAt: number } | null>(null);
  const [copied, setCopied] = useState(false);
  if (made === null) {
    return (
      <FormDialog
        title={t('createInvitation')}
        submit={t('createInvitation')}
        busy={act.busy}
        problem={act.problem}
        onClose={onClose}
        onSubmit={(values) => void act.run({ validDays: Number(values.text('days')) }).then(setMade)}
      >
        <p className="sm t2 prose">{t('createMore')}</p>
        <FormSelect
          name="days"
          label={t('validDays')}
          defaultValue="7"
          options={days.map((count) => ({ value: String(count), text: t('days', { count }) }))}
        />
      </FormDialog>
    );
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('linkReady')}
      footer={
        <Button look="primary" onClick={onClose}>
          {t('console:close')}
        </Button>
      }
    >
      <div className="form">
        <Input label={t('linkReady')} value={made.url} readOnly onFocus={(event) => event.target.select()} />
        <div className="row">
          <Button icon={copied ? 'check' : 'copy'} onClick={() => void navigator.clipboard.writeText(made.url).then(() => setCopied(true))}>
            {t(copied ? 'console:copied' : 'console:copy')}
          </Button>
          <span className="sm t2">{t('linkUntil', { at: format.stamp(made.expiresAt) })}</span>
        </div>
        <Note icon="warning" tone="caution">
          {t('createMore')}
        </Note>
      </div>
    </Dialog>
  );
}
