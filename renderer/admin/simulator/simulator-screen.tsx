import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ClientKind } from '#shared/model/policy.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { Empty, Note } from '../../ui/note.tsx';
import { useAnswer, useAsk } from '../app/use-server.tsx';
import { patchOf } from '../rules/draft.ts';
import { useRules } from '../rules/rules-context.tsx';
import { actOf, faultOf, type Question, type Result } from './question.ts';
import { QuestionForm } from './question-form.tsx';
import { Verdict } from './verdict.tsx';
import './simulator.css';

/** "Member X, PC app 3.4, from 203.0.113.9, uploads report.exe": allowed or not, by which rule, and what they would read. */
export function SimulatorScreen() {
  const { t } = useTranslation('simulator');
  const ask = useAsk();
  const explain = useExplain();
  const rules = useRules();
  const version = useAnswer('server.info', {}).data?.version ?? '';
  const [question, setQuestion] = useState<Question>({
    member: null,
    kind: 'pc-app',
    version: '',
    address: '',
    act: 'login',
    service: 'talk',
    through: false,
    fileName: 'report.exe',
    megabytes: '1',
    externalRoom: false,
    withDraft: rules !== null && Object.keys(rules.draft).length > 0,
  });
  const [result, setResult] = useState<Result | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const draft = rules?.draft ?? {};
  const hasDraft = Object.keys(draft).length > 0;
  const asked: Question = { ...question, version: question.version === '' ? version : question.version };

  const run = async () => {
    const { member, kind } = asked;
    if (busy || member === null || faultOf(asked) !== null) return;
    setBusy(true);
    setProblem(null);
    const patch = asked.withDraft && hasDraft ? { patch: patchOf(draft) } : {};
    const input = { member, clientVersion: asked.version, address: asked.address.trim(), act: actOf(asked) };
    try {
      const judged = await ask('policy.simulate', { ...input, kind, ...patch });
      const inForce = 'patch' in patch ? await ask('policy.simulate', { ...input, kind }) : null;
      const others = await Promise.all(
        ClientKind.options
          .filter((other) => other !== kind)
          .map(async (other) => ({ kind: other, allowed: (await ask('policy.simulate', { ...input, kind: other, ...patch })).allowed })),
      );
      setResult({ question: asked, judged, inForce, others });
    } catch (error) {
      setProblem(explain(problemOf(error)));
      setResult(null);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="simulator">
      <section className="simulator-form" aria-label={t('title')}>
        <h1>{t('title')}</h1>
        <p className="sm t3 prose">{t('about')}</p>
        <QuestionForm
          question={asked}
          onChange={setQuestion}
          onRun={() => void run()}
          busy={busy}
          revision={rules?.revision ?? 0}
          draftCount={Object.keys(draft).length}
        />
        {problem !== null && (
          <Note icon="error" tone="danger" alert>
            {problem}
          </Note>
        )}
      </section>
      <section className="simulator-result" aria-live="polite">
        {result === null ? <Empty icon="shield" title={t('nothing')} /> : <Verdict result={result} revision={rules?.revision ?? 0} />}
      </section>
    </div>
  );
}
