import { useTranslation } from 'react-i18next';
import { Dialog } from '../ui/dialog.tsx';

interface SendKeyChoiceProps {
  open: boolean;
  onClose: () => void;
  onChoose: (key: 'enter' | 'ctrl_enter') => void;
}

/** Asked once, at the first Enter (TLK-46): which key sends. */
export function SendKeyChoice({ open, onClose, onChoose }: SendKeyChoiceProps) {
  const { t } = useTranslation('talk');
  return (
    <Dialog open={open} onClose={onClose} title={t('chooseTitle')}>
      <p className="t2 sm prose">{t('chooseText')}</p>
      <div className="choices">
        <button type="button" className="choice" onClick={() => onChoose('enter')}>
          <b>{t('chooseEnter')}</b>
          <span className="sm t2">{t('chooseEnterMore')}</span>
        </button>
        <button type="button" className="choice" onClick={() => onChoose('ctrl_enter')}>
          <b>{t('chooseCtrlEnter')}</b>
          <span className="sm t2">{t('chooseCtrlEnterMore')}</span>
        </button>
      </div>
    </Dialog>
  );
}
