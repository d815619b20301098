import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.tsx';
import { QrCode } from '../ui/qr-code.tsx';

/** The secret of a TOTP program (RFC 6238): to scan, or to type where there is no camera. */
export function TotpSecret({ uri, secret }: { uri: string; secret: string }) {
  const { t } = useTranslation('login');
  const [copied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard.writeText(secret).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <div className="totp-secret">
      <QrCode text={uri} label={t('qrCode')} />
      <div className="col grow">
        <span className="xs t3 phrase">{t('typeInstead')}</span>
        <span className="num selectable secret">{secret.match(/.{1,4}/gu)?.join(' ') ?? secret}</span>
        <Button size="small" icon={copied ? 'check' : 'copy'} onClick={copy}>
          {t(copied ? 'copied' : 'copySecret')}
        </Button>
      </div>
    </div>
  );
}
