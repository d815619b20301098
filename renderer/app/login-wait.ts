import { useEffect, useState } from 'react';

/** Seconds that count down to nothing. */
export function useWait(first = 0): [number, (seconds: number) => void] {
  const [wait, setWait] = useState(first);
  useEffect(() => {
    if (wait <= 0) return undefined;
    const timer = setTimeout(() => setWait(wait - 1), 1_000);
    return () => clearTimeout(timer);
  }, [wait]);
  return [wait, setWait];
}

/** `0:42` */
export const clockOf = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
