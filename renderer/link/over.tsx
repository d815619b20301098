import type { ReactNode } from 'react';
import { Icon, type IconName } from '../ui/icon.tsx';
import { useTexts } from './language.ts';

type Known = 'missing' | 'expired' | 'deleted' | 'off' | 'gone' | 'denied';
const icons: Readonly<Record<Known, IconName>> = {
  missing: 'link',
  expired: 'clock',
  deleted: 'trash',
  off: 'shield',
  gone: 'folder',
  denied: 'shield',
};
const isKnown = (reason: string): reason is Known => Object.hasOwn(icons, reason);

/** Why nothing is behind the link (any more), and what can be done; never what was behind it (DRV-12). */
export function Over({ reason, text, children }: { reason: string; text?: string; children?: ReactNode }) {
  const { say } = useTexts();
  const known = isKnown(reason) ? reason : 'off';
  const said = {
    missing: [say.missingTitle, say.missingText],
    expired: [say.expiredTitle, say.expiredText],
    deleted: [say.deletedTitle, say.deletedText],
    off: [say.offTitle, say.offText],
    gone: [say.goneTitle, say.goneText],
    denied: [say.deniedTitle, ''],
  }[known];
  return (
    <section className="link-sheet link-over">
      <span className="link-seal">
        <Icon name={icons[known]} size={24} />
      </span>
      <h1 className="link-title">{said[0]}</h1>
      <p className="t2 prose">{text ?? said[1]}</p>
      {children}
    </section>
  );
}
