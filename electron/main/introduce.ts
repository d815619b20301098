import { app } from 'electron';

/** Windows shows notifications and opens links only for apps that say who they are; elsewhere the package's own files say it. */
export function introduceToWindows(): void {
  if (process.platform !== 'win32') return;
  app.setAppUserModelId('app.hikyaku.desktop');
  if (app.isPackaged) app.setAsDefaultProtocolClient('hikyaku');
}
