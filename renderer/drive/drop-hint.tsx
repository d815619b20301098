import { useTranslation } from 'react-i18next';
import { RuleNote } from '../ui/note.tsx';
import { Icon } from '../ui/icon.tsx';
import { classNames } from '../ui/class-names.ts';
import { useExplain } from '../app/explain.ts';
import type { DropVerdict } from './drop.ts';
import { useHover } from './drop-zone.tsx';

type Refusal = Extract<DropVerdict, { kind: 'refuse' }>['reason'];

/** Says while hovering what a drop would do and where, or why it would not. */
export function DropHint() {
  const { t } = useTranslation(['drive', 'explorer']);
  const explain = useExplain();
  const hover = useHover();
  if (hover === null) return <div className="drop-hint-place" role="status" />;
  const { target, verdict, isMove } = hover;
  const folder = target.name;
  const refused = verdict.kind === 'refuse';
  const whyNot = (reason: Refusal): string | null => {
    if (reason === 'extension_blocked') return null;
    return reason === 'not_in_drive' ? t('explorer:drop_not_in_drive') : t(`drop_${reason}`);
  };
  const said = { delete: 'explorer:dropDelete', move: 'dropMove', copy: 'explorer:dropCopy', add: 'dropAdd' } as const;
  const title = refused
    ? t(isMove ? 'dropRefusedMove' : 'dropRefused', { folder })
    : t(said[verdict.kind], { folder, count: verdict.count });
  const byRule = refused && verdict.reason === 'extension_blocked';
  const why = refused ? whyNot(verdict.reason) : null;
  return (
    <div className="drop-hint-place" role="status">
      <div className={classNames('drop-hint', refused && 'refused')}>
        <Icon
          name={
            refused
              ? byRule
                ? 'forbidden'
                : 'lock'
              : verdict.kind === 'copy'
                ? 'copy'
                : verdict.kind === 'delete'
                  ? 'trash'
                  : isMove
                    ? 'move'
                    : 'upload'
          }
          size={18}
        />
        <span className="col">
          <b>{title}</b>
          {byRule && <RuleNote>{explain({ code: 'denied', reason: verdict.reason, subject: verdict.extension ?? null })}</RuleNote>}
          {why !== null && <span className="sm">{why}</span>}
          {verdict.kind === 'add' && verdict.kept > 0 && (
            <span className="sm">{t('dropAddKept', { count: verdict.kept, extension: verdict.extension ?? '' })}</span>
          )}
          {verdict.kind === 'copy' && verdict.across && <span className="sm">{t('explorer:dropAcross')}</span>}
          {!refused && (
            <span className="sm">
              {verdict.kind === 'move' ? t('explorer:dropMoveKeys', { escape: t('dropEscape') }) : t('dropEscape')}
            </span>
          )}
        </span>
      </div>
    </div>
  );
}
