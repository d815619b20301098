import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer } from '../app/use-server.tsx';
import { useFormat } from '../../ui/use-format.ts';

/** A group of rules under a heading, with how many people they touch now (`policy.affected`). */
export function RuleSection({
  title,
  note,
  affected,
  children,
}: {
  title: string;
  note?: string;
  /** The section of the rules that is counted. */
  affected?: string;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section className="rule-section" aria-labelledby={id}>
      <div className="row rule-section-head">
        <h2 id={id}>{title}</h2>
        {affected !== undefined && <Affected section={affected} />}
      </div>
      {note !== undefined && <p className="sm t3 prose rule-section-note">{note}</p>}
      {children}
    </section>
  );
}

function Affected({ section }: { section: string }) {
  const { t } = useTranslation('rules');
  const format = useFormat();
  const { data } = useAnswer('policy.affected', {});
  const touched = data?.sections[section];
  if (data === undefined || touched === undefined) return null;
  return (
    <span className="push xs t3 num">
      {touched.members === 0
        ? t('affectedNobody')
        : format.facts([t('affected', { count: touched.members }), t('affectedOf', { count: data.members })])}
    </span>
  );
}
