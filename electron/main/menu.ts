import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { Texts } from './texts.ts';

/**
 * The menu that carries the OS's own keys: editing, zoom, closing. It is visible on macOS only; elsewhere the title bar is ours and
 * just the keys count.
 */
export function setMenu(texts: Texts, zoom: (change: 1 | -1 | 0) => void, quit: () => void): void {
  const view: MenuItemConstructorOptions[] = [
    { label: texts.zoomIn, accelerator: 'CommandOrControl+Plus', click: () => zoom(1) },
    { label: texts.zoomIn, accelerator: 'CommandOrControl+=', visible: false, click: () => zoom(1) },
    { label: texts.zoomOut, accelerator: 'CommandOrControl+-', click: () => zoom(-1) },
    { label: texts.zoomReset, accelerator: 'CommandOrControl+0', click: () => zoom(0) },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
  const template: MenuItemConstructorOptions[] = [
    {
      label: 'Hikyaku',
      submenu: [
        ...(process.platform === 'darwin' ? ([{ role: 'hide' }, { role: 'hideOthers' }, { type: 'separator' }] as const) : []),
        { label: texts.quit, accelerator: 'CommandOrControl+Q', click: quit },
      ],
    },
    {
      label: texts.edit,
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        { type: 'separator' },
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'pasteAndMatchStyle' },
        { role: 'selectAll' },
      ],
    },
    { label: texts.view, submenu: view },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
