import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { Input } from '../../ui/input.tsx';
import { useToast } from '../../ui/toast.tsx';

/** A text to take elsewhere, with a button that copies it. */
export function CopyField({ label, text }: { label: string; text: string }) {
  const { t } = useTranslation('singleSignOn');
  const toast = useToast();
  return (
    <div className="row copy-field">
      <Input label={label} value={text} readOnly className="grow" onFocus={(event) => event.target.select()} />
      <Button
        onClick={() =>
          void navigator.clipboard.writeText(text).then(
            () => toast({ text: t('copied'), icon: 'check', key: 'copied' }),
            // Without leave for the clipboard the text can still be selected.
            () => undefined,
          )
        }
      >
        {t('copy')}
      </Button>
    </div>
  );
}
