import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, LinkButton } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { Icon } from '../../ui/icon.tsx';
import { valueAt } from './draft.ts';
import { presets, readExtensions, type ExtensionFault, type PresetName } from './extensions.ts';
import { RuleRow } from './rule-row.tsx';
import type { Rules } from './rules-context.tsx';

const names = Object.keys(presets) as PresetName[];

type ListPath = 'blockedExtensions.talk' | 'blockedExtensions.drive' | 'drive.versionExtensions';
interface EditorProps {
  rules: Rules;
  path: ListPath;
  /** What its field is called. */
  label: string;
  /** Ready-made sets and the like, under the field. */
  more?: (now: readonly string[], set: (list: readonly string[]) => void) => ReactNode;
}

/** FIL-01: the blocked extensions of one service, with ready-made sets. */
export function BlockedExtensions({ rules, service }: { rules: Rules; service: 'talk' | 'drive' }) {
  const { t } = useTranslation('fileRules');
  const other = service === 'talk' ? 'drive' : 'talk';
  return (
    <ExtensionEditor
      rules={rules}
      path={`blockedExtensions.${service}`}
      label={t('addExtensionsTo', { service: t(service) })}
      more={(now, set) => (
        <>
          <span>{t('preset')}</span>
          {names.map((name) => (
            <Button key={name} size="small" onClick={() => set([...now, ...readExtensions(presets[name].join(' '), now).extensions])}>
              {t(`preset_${name}`)}
            </Button>
          ))}
          <LinkButton onClick={() => set(rules.shown.blockedExtensions[other])}>{t('copyFrom', { service: t(other) })}</LinkButton>
        </>
      )}
    />
  );
}

/** A list of extensions as chips, with a field that takes many at once. */
export function ExtensionEditor({ rules, path, label, more }: EditorProps) {
  const { t } = useTranslation('fileRules');
  const id = useId();
  const [text, setText] = useState('');
  const now = valueAt(rules.shown, path);
  const before = valueAt(rules.inForce, path);
  const shown = [...new Set([...before, ...now])].toSorted();
  // Stored in this order, once each.
  const set = (list: readonly string[]) => rules.change(path, [...new Set(list)].toSorted());
  const { extensions, faults } = readExtensions(text, now);
  const tell = ({ text: typed, fault }: ExtensionFault): string =>
    t(fault === 'invalid' ? 'faultInvalid' : fault === 'twice' ? 'faultTwice' : 'faultMany', { text: typed });
  const add = () => {
    set([...now, ...extensions]);
    setText(
      faults
        .filter(({ fault }) => fault !== 'twice')
        .map((fault) => fault.text)
        .join(' '),
    );
  };
  return (
    <RuleRow rules={rules} path={path} wide mark={<span className="xs t3 num">{t('count', { count: now.length })}</span>}>
      {({ labelledBy }) => (
        <div className="stack">
          {shown.length === 0 ? (
            <p className="sm t3">{t('noExtensions')}</p>
          ) : (
            <div className="chips" role="group" aria-labelledby={labelledBy} tabIndex={0}>
              {shown.map((extension) => {
                const gone = !now.includes(extension);
                return (
                  <button
                    key={extension}
                    type="button"
                    className={classNames('chip-button', gone && 'gone', !before.includes(extension) && 'new')}
                    aria-label={t(gone ? 'putBack' : 'removeOne', { name: extension })}
                    onClick={() => set(gone ? [...now, extension] : now.filter((one) => one !== extension))}
                  >
                    {extension}
                    <Icon name={gone ? 'history' : 'close'} size={12} />
                  </button>
                );
              })}
            </div>
          )}
          <div className="col">
            <label className="label" htmlFor={id}>
              {label}
            </label>
            <div className="row">
              <span className="field compact grow">
                <input
                  id={id}
                  value={text}
                  spellCheck={false}
                  autoComplete="off"
                  placeholder={t('addExtensionsHint')}
                  title={t('addExtensions')}
                  onChange={(event) => setText(event.target.value)}
                  // A line of a pasted list is not lost in a field of one line.
                  onPaste={(event) => {
                    event.preventDefault();
                    setText(`${text} ${event.clipboardData.getData('text')}`.replace(/\s+/gu, ' ').trim());
                  }}
                  onKeyDown={(event) => event.key === 'Enter' && !event.nativeEvent.isComposing && extensions.length > 0 && add()}
                />
              </span>
              <Button icon="plus" size="small" disabled={extensions.length === 0} onClick={add}>
                {extensions.length === 0 ? t('add') : t('addCount', { count: extensions.length })}
              </Button>
            </div>
            <ul className="line-faults xs danger" aria-live="polite">
              {faults.map((fault) => (
                <li key={fault.text}>{tell(fault)}</li>
              ))}
            </ul>
          </div>
          <div className="editor-line sm t2">
            {more?.(now, set)}
            {now.length > 0 && <LinkButton onClick={() => set([])}>{t('clear')}</LinkButton>}
          </div>
        </div>
      )}
    </RuleRow>
  );
}
