import type { KeyboardEvent, Ref } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

interface SearchFieldProps {
  text: string;
  onText: (text: string) => void;
  /** Down and Enter go on in the results. */
  onInto: () => void;
  onLeave: () => void;
  isOn: boolean;
  ref: Ref<HTMLInputElement>;
}

/** The box that searches Drive as one types (DRV-16). */
export function SearchField({ text, onText, onInto, onLeave, isOn, ref }: SearchFieldProps) {
  const { t } = useTranslation('explorer');
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') onLeave();
    else if (event.key === 'ArrowDown' || event.key === 'Enter') onInto();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <search className="search-box">
      <span className="field compact">
        <Icon name="search" size={16} className="t3" />
        <input
          ref={ref}
          type="text"
          value={text}
          aria-label={t('search')}
          placeholder={t('search')}
          title={t('searchKeys')}
          maxLength={200}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onText(event.target.value)}
          onKeyDown={onKeyDown}
        />
        {isOn && <IconButton small icon="close" label={t('searchEnd')} keys="Esc" onClick={onLeave} />}
      </span>
    </search>
  );
}
