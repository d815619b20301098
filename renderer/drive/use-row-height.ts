import { useSyncExternalStore } from 'react';

const subscribe = (listener: () => void): (() => void) => {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-density'] });
  return () => observer.disconnect();
};

/** The height of a list row in the density in force, in pixels. */
export const useRowHeight = (): number =>
  useSyncExternalStore(subscribe, () => Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--row-list')) || 34);
