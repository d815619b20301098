import { useEffect, useRef } from 'react';
import { pathOf, usePlace } from './router.ts';
import { useSettings } from './settings-source.ts';

/** A place that one only passes through is not worth writing down. */
const settledMs = 500;

/** The place that the person was last at in this account, to open there again; null until it is known. Ids only, never content. */
export function useLastPlace(accountId: string | null): string | null {
  const settings = useSettings(accountId);
  return accountId !== null && settings.ready ? settings.get('lastPlace') : null;
}

/** Remembers where the person is, over restarts. */
export function useRememberedPlace(accountId: string): void {
  const { parts } = usePlace();
  const settings = useSettings(accountId);
  const path = pathOf(...parts);
  const latest = useRef(settings);
  useEffect(() => {
    latest.current = settings;
  });
  useEffect(() => {
    if (path === '/') return undefined;
    const timer = setTimeout(() => {
      if (latest.current.ready && latest.current.get('lastPlace') !== path)
        void latest.current.set('lastPlace', path).catch(() => undefined);
    }, settledMs);
    return () => clearTimeout(timer);
  }, [accountId, path]);
}
