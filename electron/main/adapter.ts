import { Notification, type NotificationConstructorOptions } from 'electron';
import type { NotificationContent, ShownNotification } from './notifier.ts';

/**
 * The one place for what differs between the Electron we ship (45) and the older one that tests may run on (33):
 * it is typechecked against both, so what only one of them has is asked for at run time.
 */

/** How long the OS may take to say whether it showed a notification. */
const shownWithinMs = 3_000;

/** Newer runtimes group the notifications of a room; older ones leave the field alone. */
interface GroupedOptions extends NotificationConstructorOptions {
  groupId?: string;
}

/** Shows a notification of the OS. `onGone` comes when it was closed or could not be shown. */
export function presentNotification(content: NotificationContent, onClick: () => void, onGone: () => void): ShownNotification {
  const options: GroupedOptions = { title: content.title, body: plainBody(content.body), groupId: content.group };
  const notification = new Notification(options);
  notification.on('click', onClick);
  notification.on('close', onGone);
  notification.on('failed', onGone);
  notification.show();
  return { close: () => notification.close() };
}

/** Notification services of Linux read the body as markup; what a person wrote must stay what they wrote. */
function plainBody(text: string): string {
  if (process.platform !== 'linux') return text;
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Shows a notification and says whether the OS really did: `isSupported` is true also where nobody listens. */
export function tryNotification(content: NotificationContent): Promise<boolean> {
  if (!Notification.isSupported()) return Promise.resolve(false);
  return new Promise((resolve) => {
    const notification = new Notification({ title: content.title, body: content.body });
    const timer = setTimeout(() => resolve(false), shownWithinMs);
    const answer = (worked: boolean) => {
      clearTimeout(timer);
      resolve(worked);
    };
    notification.on('show', () => answer(true));
    notification.on('failed', () => answer(false));
    notification.show();
  });
}

/** What the person is told about the runtime, for instance when asking for help. */
export const runtimeName = (): string => `Electron ${process.versions.electron}`;
