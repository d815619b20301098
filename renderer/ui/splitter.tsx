import { useCallback, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';

const read = (name: string, fallback: number): number => {
  try {
    const stored = Number(localStorage.getItem(name));
    return Number.isFinite(stored) && stored > 0 ? stored : fallback;
  } catch {
    return fallback;
  }
};

/** A column's width that the person drags; kept under `name` on this PC. */
export function useColumnWidth(name: string, { standard, least, most }: { standard: number; least: number; most: number }) {
  const [width, setWidth] = useState(() => Math.min(most, Math.max(least, read(name, standard))));
  const set = useCallback(
    (wanted: number) => {
      const next = Math.round(Math.min(most, Math.max(least, wanted)));
      setWidth(next);
      try {
        localStorage.setItem(name, String(next));
      } catch {
        // Without storage the width lasts as long as the window.
      }
    },
    [name, least, most],
  );
  const reset = useCallback(() => set(standard), [set, standard]);
  return { width, set, reset, least, most };
}

/** The edge between a column and the next: drag, arrows, or a double click for the standard width. */
export function Splitter({ label, width, set, reset, least, most }: { label: string } & ReturnType<typeof useColumnWidth>) {
  const start = useRef<{ x: number; width: number } | null>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowLeft' ? -16 : event.key === 'ArrowRight' ? 16 : 0;
    if (by !== 0) set(width + by);
    else if (event.key === 'Home') reset();
    else return;
    event.preventDefault();
  };
  return (
    <div
      className="splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onDoubleClick={reset}
      onPointerDown={(event: PointerEvent) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) => start.current !== null && set(start.current.width + event.clientX - start.current.x)}
      onPointerUp={() => {
        start.current = null;
      }}
    />
  );
}
