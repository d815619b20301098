import { useLayoutEffect, useState } from 'react';

export interface Viewport {
  readonly width: number;
  readonly height: number;
  /** How far it is scrolled, in steps: within a step nothing is drawn anew. */
  readonly from: number;
}

/** The size of what scrolls and how far it is scrolled, rounded down to `step` pixels. */
export function useViewport(element: HTMLElement | null, step: number): Viewport {
  const [view, setView] = useState<Viewport>({ width: 0, height: 0, from: 0 });
  useLayoutEffect(() => {
    if (element === null) return undefined;
    const look = () => {
      const { clientWidth: width, clientHeight: height, scrollTop } = element;
      const from = Math.floor(scrollTop / step) * step;
      setView((now) => (now.width === width && now.height === height && now.from === from ? now : { width, height, from }));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [element, step]);
  return view;
}
