import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ClientKind } from '#shared/model/policy.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { Checkbox, Input, Select } from '../../ui/input.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { useAnswer } from '../app/use-server.tsx';
import { useKindName } from '../rules/client-kinds.ts';
import { MemberPicker } from '../rules/member-picker.tsx';
import { acts, faultOf, isFileAct, type Question } from './question.ts';

interface FormProps {
  question: Question;
  onChange: (next: Question) => void;
  onRun: () => void;
  busy: boolean;
  revision: number;
  draftCount: number;
}

/** Who, with what, from where, does what, under which rules. */
export function QuestionForm({ question, onChange, onRun, busy, revision, draftCount }: FormProps) {
  const { t } = useTranslation('simulator');
  const kindName = useKindName();
  const own = useAnswer('session.list', {}).data?.sessions.find(({ current }) => current)?.address;
  const [tried, setTried] = useState(false);
  const fault = faultOf(question);
  const set = (part: Partial<Question>) => onChange({ ...question, ...part });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        onRun();
      }}
    >
      <div className="col">
        <MemberPicker label={t('who')} visibleLabel chosen={question.member} onChoose={({ id }) => set({ member: id })} />
        {tried && fault === 'memberNeeded' && (
          <span className="sm danger" role="alert">
            {t('memberNeeded')}
          </span>
        )}
      </div>
      <div className="form-pair">
        <Labelled label={t('program')}>
          {(id) => (
            <Select
              id={id}
              value={question.kind}
              options={ClientKind.options.map((value) => ({ value, text: kindName(value) }))}
              onChange={(kind) => set({ kind })}
            />
          )}
        </Labelled>
        <Input label={t('version')} value={question.version} maxLength={40} onChange={(event) => set({ version: event.target.value })} />
      </div>
      <div className="col">
        <Input
          label={t('address')}
          value={question.address}
          maxLength={64}
          placeholder="203.0.113.9"
          problem={tried && fault === 'addressFault' ? t('addressFault') : null}
          onChange={(event) => set({ address: event.target.value })}
        />
        {own !== undefined && own !== question.address && (
          <span>
            <LinkButton className="sm" onClick={() => set({ address: own })}>
              {t('ownAddress')}
            </LinkButton>
          </span>
        )}
      </div>
      <Labelled label={t('act')}>
        {(id) => (
          <Select
            id={id}
            value={question.act}
            options={acts.map((value) => ({ value, text: t(`act_${value}`) }))}
            onChange={(act) => set({ act })}
          />
        )}
      </Labelled>
      {isFileAct(question.act) && <FileFields question={question} set={set} />}
      {draftCount > 0 && (
        <div className="col">
          <span className="label">{t('rules')}</span>
          <Segmented
            label={t('rules')}
            value={question.withDraft ? 'draft' : 'now'}
            options={[
              { value: 'now', text: t('rulesNow', { revision }) },
              { value: 'draft', text: t('rulesDraft', { count: draftCount }) },
            ]}
            onChange={(chosen) => set({ withDraft: chosen === 'draft' })}
          />
        </div>
      )}
      <Button look="primary" type="submit" wide disabled={busy}>
        {t('run')}
      </Button>
    </form>
  );
}

function FileFields({ question, set }: { question: Question; set: (part: Partial<Question>) => void }) {
  const { t } = useTranslation('simulator');
  return (
    <>
      <div className="form-pair">
        <Labelled label={t('service')}>
          {(id) => (
            <Select
              id={id}
              value={question.service}
              options={(['talk', 'drive'] as const).map((value) => ({ value, text: t(value) }))}
              onChange={(service) => set({ service })}
            />
          )}
        </Labelled>
        <Labelled label={t('through')}>
          {(id) => (
            <Select
              id={id}
              value={question.through ? 'yes' : 'no'}
              options={[
                { value: 'no', text: t('throughNone') },
                { value: 'yes', text: t(question.service === 'talk' ? 'throughDrive' : 'throughTalk') },
              ]}
              onChange={(chosen) => set({ through: chosen === 'yes' })}
            />
          )}
        </Labelled>
      </div>
      <div className="form-pair">
        <Input
          label={t('fileName')}
          value={question.fileName}
          maxLength={200}
          onChange={(event) => set({ fileName: event.target.value })}
        />
        <Input
          label={t('size')}
          inputMode="decimal"
          value={question.megabytes}
          onChange={(event) => set({ megabytes: event.target.value })}
        />
      </div>
      {question.service === 'talk' && (
        <Checkbox checked={question.externalRoom} onChange={(externalRoom) => set({ externalRoom })}>
          {t('externalRoom')}
        </Checkbox>
      )}
    </>
  );
}

function Labelled({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="col">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {children(id)}
    </div>
  );
}
