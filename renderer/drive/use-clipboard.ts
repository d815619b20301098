import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { momentInName, pastedFrom, type Clip, type Pasted } from './clip.ts';
import { writeClip } from './clipboard-clip.ts';
import { useTools } from './drive-tools.ts';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
/** Dialogs and menus have the clipboard to themselves. */
const isElsewhere = (target: EventTarget | null): boolean =>
  isTyping(target) || document.querySelector('[role="dialog"], [role="menu"]') !== null;

interface ClipboardOptions {
  /** Takes what is chosen; null when there is nothing that may be taken. */
  readonly take: (kind: 'cut' | 'copy') => Clip | null;
  readonly paste: (pasted: NonNullable<Pasted>) => void;
}

/**
 * Cut, copy and paste by the system's clipboard: what was put there last is what is pasted, ours or another program's. Only an id of
 * ours and the names go onto it.
 */
export function useClipboard(options: ClipboardOptions): void {
  const { t } = useTranslation('explorer');
  const { clip } = useTools();
  const latest = useRef({ ...options, clip });
  useEffect(() => {
    latest.current = { ...options, clip };
  });
  useEffect(() => {
    const onTake = (event: ClipboardEvent) => {
      if (isElsewhere(event.target) || document.getSelection()?.isCollapsed === false) return;
      const taken = latest.current.take(event.type === 'cut' ? 'cut' : 'copy');
      if (taken !== null) writeClip(event, taken);
    };
    const onPaste = (event: ClipboardEvent) => {
      if (isElsewhere(event.target) || event.clipboardData === null) return;
      const name = () => t('screenshotName', { moment: momentInName(new Date()) });
      const pasted = pastedFrom(event.clipboardData, latest.current.clip, name);
      if (pasted === null) return;
      event.preventDefault();
      latest.current.paste(pasted);
    };
    window.addEventListener('copy', onTake);
    window.addEventListener('cut', onTake);
    window.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('copy', onTake);
      window.removeEventListener('cut', onTake);
      window.removeEventListener('paste', onPaste);
    };
  }, [t]);
}
