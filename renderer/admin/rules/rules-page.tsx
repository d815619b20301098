import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf, useExplain } from '../../app/explain.ts';
import { ErrorNote } from '../../ui/note.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useAnswer } from '../app/use-server.tsx';
import { ConflictNote } from './conflict-note.tsx';
import { useRules, type Rules } from './rules-context.tsx';
import { SaveBar, useSaveRules } from './save-bar.tsx';
import { useFaults } from './use-faults.ts';
import './rules.css';

interface PageProps {
  title: string;
  /** Which sections of the rules the screen saves. */
  sections: readonly string[];
  children: (rules: Rules, onFault: (field: string, faulty: boolean) => void) => ReactNode;
  /** Where saving is more than that: the screen saves itself and brings its bar. */
  bar?: (rules: Rules, faulty: boolean) => ReactNode;
  aside?: (rules: Rules) => ReactNode;
}

/** The frame of a screen of rules: its title, the revision in force, what others changed meanwhile, and the bar that saves. */
export function RulesPage({ title, sections, children, bar, aside }: PageProps) {
  const { t } = useTranslation('rules');
  const { t: ui } = useTranslation('ui');
  const rules = useRules();
  const explain = useExplain();
  const { error, refetch } = useAnswer('policy.get', {});
  const { faulty, onFault } = useFaults();
  const beside = rules === null ? undefined : aside?.(rules);
  return (
    <div className="rules-screen">
      <div className="rules-columns">
        <div className="rules-scroll">
          <div className="rules-form">
            <div className="row rules-title">
              <h1>{title}</h1>
              {rules !== null && <span className="push sm t3 num">{t('revision', { revision: rules.revision })}</span>}
            </div>
            {rules === null ? (
              error === null ? (
                <Skeleton label={ui('loading')} />
              ) : (
                <ErrorNote title={t('notLoaded')} retry={{ text: ui('retry'), onPress: () => void refetch() }}>
                  {explain(problemOf(error))}
                </ErrorNote>
              )
            ) : (
              <>
                <ConflictNote rules={rules} sections={sections} />
                {children(rules, onFault)}
              </>
            )}
          </div>
        </div>
        {beside !== undefined && beside !== null && <aside className="rules-aside">{beside}</aside>}
      </div>
      {rules !== null && (bar?.(rules, faulty) ?? <PlainBar rules={rules} sections={sections} faulty={faulty} />)}
    </div>
  );
}

function PlainBar({ rules, sections, faulty }: { rules: Rules; sections: readonly string[]; faulty: boolean }) {
  const { save, busy, problem } = useSaveRules(rules, sections);
  return <SaveBar rules={rules} sections={sections} faulty={faulty} busy={busy} problem={problem} onSave={() => void save()} />;
}
