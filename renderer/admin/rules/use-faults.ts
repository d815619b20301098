import { useCallback, useState } from 'react';

/** Which fields of a screen hold something that cannot be saved. */
export function useFaults(): { readonly faulty: boolean; readonly onFault: (field: string, faulty: boolean) => void } {
  const [fields, setFields] = useState<ReadonlySet<string>>(new Set());
  const onFault = useCallback((field: string, faulty: boolean) => {
    setFields((now) => {
      if (now.has(field) === faulty) return now;
      const next = new Set(now);
      if (faulty) next.add(field);
      else next.delete(field);
      return next;
    });
  }, []);
  return { faulty: fields.size > 0, onFault };
}
