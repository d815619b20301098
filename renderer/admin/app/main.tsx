import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { browserTransport } from '../../app/browser/browser-transport.ts';
import { CrashBoundary } from '../../app/crash-boundary.tsx';
import { makeTexts } from '../../app/i18n.ts';
import '../../ui/index.css';
import { guardInputMethod } from '../../ui/input-method.ts';
import { ToastProvider } from '../../ui/toast.tsx';
import { TooltipProvider } from '../../ui/tooltip.tsx';
import { PendingBanner } from '../rules/pending-banner.tsx';
import { DraftProvider } from '../rules/rules-context.tsx';
import { screens } from '../screens.ts';
import { consoleResources } from '../texts/all.ts';
import { AppearanceProvider, rememberedLanguage } from './appearance.tsx';
import { ConsoleApp } from './console-app.tsx';
import { consoleLink } from './console-link.ts';
import { ReauthenticationQuestion } from './reauthentication-question.ts';
import { Router, RouterProvider } from './router.tsx';
import { LinkProvider, makeQueryClient } from './use-server.tsx';
import './console.css';

const question = new ReauthenticationQuestion();
const link = consoleLink((version) => browserTransport(location.origin, version), question.ask);
guardInputMethod(window);

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <I18nextProvider i18n={makeTexts(rememberedLanguage(), consoleResources)}>
      <QueryClientProvider client={makeQueryClient()}>
        <LinkProvider value={link}>
          <RouterProvider value={new Router()}>
            <AppearanceProvider>
              <TooltipProvider>
                <ToastProvider>
                  <CrashBoundary>
                    <DraftProvider>
                      <ConsoleApp screens={screens} question={question} Banner={PendingBanner} />
                    </DraftProvider>
                  </CrashBoundary>
                </ToastProvider>
              </TooltipProvider>
            </AppearanceProvider>
          </RouterProvider>
        </LinkProvider>
      </QueryClientProvider>
    </I18nextProvider>
  </StrictMode>,
);
