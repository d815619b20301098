import { useEffect, useState } from 'react';

/** True once `active` has lasted 300 ms: what is quicker shows nothing in between. */
export function useLate(active: boolean, milliseconds = 300): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!active) return setLate(false);
    const timer = setTimeout(() => setLate(true), milliseconds);
    return () => clearTimeout(timer);
  }, [active, milliseconds]);
  return late && active;
}

/** Rows in waiting, still, at most one screenful; `label` tells those who hear the screen. */
export function Skeleton({ rows = 6, height = 52, label }: { rows?: number; height?: number; label: string }) {
  const late = useLate(true);
  if (!late) return null;
  return (
    <div role="status" aria-label={label} className="col grow" style={{ overflow: 'hidden', padding: '4px 14px' }}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="row" style={{ height, gap: 10, flex: 'none' }}>
          <span className="skeleton round" />
          <span className="col grow" style={{ gap: 8 }}>
            <span className="skeleton" style={{ width: `${38 + ((index * 17) % 24)}%` }} />
            <span className="skeleton" style={{ width: `${58 + ((index * 23) % 32)}%`, height: 8 }} />
          </span>
        </div>
      ))}
    </div>
  );
}
