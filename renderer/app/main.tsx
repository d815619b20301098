import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import '../ui/index.css';
import { DriveScreen } from '../drive/drive-screen.tsx';
import { SettingsScreen } from '../settings/settings-screen.tsx';
import { SyncBadge } from '../sync/sync-badge.tsx';
import { SyncScreen } from '../sync/sync-screen.tsx';
import { TalkBadge } from '../talk/talk-badge.tsx';
import { TalkScreen } from '../talk/talk-screen.tsx';
import { guardInputMethod } from '../ui/input-method.ts';
import { ToastProvider } from '../ui/toast.tsx';
import { TooltipProvider } from '../ui/tooltip.tsx';
import { App } from './app.tsx';
import { InvitationWindow, invitationIn } from './browser/invitation-window.tsx';
import { findHost } from './find-host.ts';
import { HostProvider } from './host-context.tsx';
import { chooseLanguage, makeTexts } from './i18n.ts';
import { followEvents, makeQueryClient } from './queries.ts';
import { Router, RouterProvider } from './router.ts';
import type { Screen } from './screen.ts';

const texts = makeTexts(chooseLanguage('system', navigator.languages));
const client = makeQueryClient();
const host = await findHost();
followEvents(host, client);
guardInputMethod(window);
// A link into the company opens in a browser.
const invitation = host.shell === null ? invitationIn(location.hash) : null;

const screens: readonly Screen[] = [
  { id: 'talk', icon: 'talk', Component: TalkScreen, Badge: TalkBadge },
  { id: 'drive', icon: 'folder', Component: DriveScreen },
  // Folders of this PC exist only in the app.
  ...(host.sync === null ? [] : [{ id: 'sync', icon: 'sync', Component: SyncScreen, Badge: SyncBadge } as const]),
  { id: 'settings', icon: 'settings', Component: SettingsScreen },
];

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <I18nextProvider i18n={texts}>
      <QueryClientProvider client={client}>
        <HostProvider value={host}>
          <RouterProvider value={new Router()}>
            <TooltipProvider>
              <ToastProvider>{invitation === null ? <App screens={screens} /> : <InvitationWindow code={invitation} />}</ToastProvider>
            </TooltipProvider>
          </RouterProvider>
        </HostProvider>
      </QueryClientProvider>
    </I18nextProvider>
  </StrictMode>,
);
