import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Input, Select } from '../../ui/input.tsx';

export const gigabyte = 1_073_741_824;
const largest = 1_000_000;

interface SizeLimitProps {
  label: string;
  id?: string;
  describedBy?: string;
  /** In bytes; null for no limit. */
  value: number | null;
  /** The words for no limit. */
  none: string;
  onChange: (bytes: number | null) => void;
  /** Told while something is typed that is no size. */
  onFault: (faulty: boolean) => void;
}

const read = (text: string): number | null => {
  const plain = text.trim().normalize('NFKC');
  const number = /^\d{1,7}$/u.test(plain) ? Number(plain) : Number.NaN;
  return number >= 1 && number <= largest ? number * gigabyte : null;
};
const shown = (bytes: number): string => String(Math.max(1, Math.round(bytes / gigabyte)));

/** A limit in whole gigabytes, or none. */
export function SizeLimit({ label, id, describedBy, value, none, onChange, onFault }: SizeLimitProps) {
  const { t } = useTranslation('drives');
  const [typed, setTyped] = useState(value === null ? '100' : shown(value));
  const fault = value !== null && read(typed) === null;
  useEffect(() => {
    if (value !== null) setTyped((now) => (read(now) === null ? now : shown(value)));
  }, [value]);
  useEffect(() => {
    onFault(fault);
    return () => onFault(false);
  }, [fault]); // oxlint-disable-line react/exhaustive-deps -- only whether there is a fault counts
  return (
    <span className="row wrap">
      <Select
        {...(id === undefined ? {} : { id })}
        {...(describedBy === undefined ? { label } : { describedBy })}
        value={value === null ? 'none' : 'limit'}
        options={[
          { value: 'none', text: none },
          { value: 'limit', text: t('limited') },
        ]}
        onChange={(next) => onChange(next === 'none' ? null : (read(typed) ?? 100 * gigabyte))}
      />
      {value !== null && (
        <span className="row">
          <Input
            label={null}
            aria-label={`${label} (GB)`}
            inputMode="numeric"
            className="num"
            size={7}
            value={typed}
            problem={fault ? t('sizeFault') : null}
            onChange={(event) => {
              setTyped(event.target.value);
              const bytes = read(event.target.value);
              if (bytes !== null) onChange(bytes);
            }}
          />
          <span className="sm t2">GB</span>
        </span>
      )}
    </span>
  );
}
