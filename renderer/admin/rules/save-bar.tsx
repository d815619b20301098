import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { problemOf, useExplain } from '../../app/explain.ts';
import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/note.tsx';
import { useToast } from '../../ui/toast.tsx';
import { isCancelled } from '../app/console-link.ts';
import { addressOf, useRouter } from '../app/router.tsx';
import { useAsk } from '../app/use-server.tsx';
import { partOf, patchOf, undoing } from './draft.ts';
import type { Rules, Saved } from './rules-context.tsx';

/** Saves a screen's part of the draft; afterwards a toast offers the values from before. */
export function useSaveRules(rules: Rules, sections: readonly string[]) {
  const { t } = useTranslation('rules');
  const toast = useToast();
  const ask = useAsk();
  const client = useQueryClient();
  const explain = useExplain();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const undo = async ({ before, part, rules: now }: Extract<Saved, { kind: 'saved' }>): Promise<void> => {
    try {
      const { revision } = await ask('policy.set', { patch: patchOf(undoing(part, before)), revision: now.revision });
      await client.invalidateQueries();
      toast({ text: t('undone', { revision }), icon: 'history', key: 'rules' });
    } catch (error) {
      if (!isCancelled(error)) toast({ text: t('notUndone', { why: explain(problemOf(error)) }), icon: 'error', key: 'rules' });
    }
  };
  const save = async (confirmWithinSeconds?: number): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setProblem(null);
    const saved = await rules.save(sections, confirmWithinSeconds);
    setBusy(false);
    if (saved?.kind === 'refused') setProblem(t('notSaved', { why: saved.why }));
    if (saved?.kind !== 'saved') return false;
    if (confirmWithinSeconds === undefined) {
      const action = { text: t('undo'), onPress: () => void undo(saved) };
      toast({ text: t('saved', { revision: saved.rules.revision }), icon: 'done', key: 'rules', action });
    }
    return true;
  };
  return { save, busy, problem };
}

interface SaveBarProps {
  rules: Rules;
  /** The sections that this screen saves. */
  sections: readonly string[];
  faulty: boolean;
  /** What the button does, where it is more than saving. */
  onSave: () => void;
  busy: boolean;
  problem: string | null;
  /** The button's word, where it should tell more. */
  saveText?: string;
  danger?: boolean;
  extra?: ReactNode;
}

/** What is not saved yet, with saving (Ctrl S) and discarding. */
export function SaveBar({ rules, sections, faulty, onSave, busy, problem, saveText, danger = false, extra }: SaveBarProps) {
  const { t } = useTranslation('rules');
  const router = useRouter();
  const count = Object.keys(partOf(rules.draft, sections)).length;
  const ready = count > 0 && !faulty && !busy && rules.conflict === null && !rules.waiting;
  const latest = useRef({ ready, onSave });
  useEffect(() => {
    latest.current = { ready, onSave };
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 's') return;
      event.preventDefault();
      if (latest.current.ready) latest.current.onSave();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
  const dirty = Object.keys(rules.draft).length > 0;
  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [dirty]);
  return (
    <div className="save-bar">
      {problem !== null && (
        <Note tone="danger" icon="error" alert>
          {problem}
        </Note>
      )}
      <div className="row">
        <span className="grow col sm t2 prose" role="status">
          {count === 0
            ? t('inForce')
            : rules.waiting
              ? t('waiting')
              : rules.conflict !== null
                ? t('conflict')
                : faulty
                  ? t('faulty')
                  : t('unsaved', { count })}
          {extra}
        </span>
        {count > 0 && (
          <>
            <Button look="quiet" onClick={() => rules.discard(sections)} disabled={busy}>
              {t('discard')}
            </Button>
            <Button onClick={() => router.go(addressOf('simulator'))}>{t('trySimulator')}</Button>
            <Button look={danger ? 'danger' : 'primary'} disabled={!ready} onClick={onSave} title={t('saveKeys')}>
              {saveText ?? t('save')}
            </Button>
          </>
        )}
      </div>
    </div>
  );
}
