import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LaunchedApp } from '../support/app.ts';

/** Gives the window its size on the display, away from the edges. */
export async function placeWindow({ app }: LaunchedApp, width: number, height: number): Promise<void> {
  await app.evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setBounds({ x: 40, y: 40, ...size }), {
    width,
    height,
  });
}

/** Takes a picture of the window as it is on the display: with the window's own buttons, which a page does not know. */
export async function takePicture({ app, page }: LaunchedApp, file: string): Promise<void> {
  // Two frames after the last change, so that what was asked for is on the display.
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 100)));
      }),
  );
  const png = await app.evaluate(async ({ BrowserWindow, desktopCapturer, screen }) => {
    const { size } = screen.getPrimaryDisplay();
    const [display] = await desktopCapturer.getSources({ types: ['screen'], thumbnailSize: size });
    const bounds = BrowserWindow.getAllWindows()[0]?.getBounds();
    if (display === undefined || bounds === undefined) throw new Error('There is no display or no window.');
    return display.thumbnail.crop(bounds).toPNG().toString('base64');
  });
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, Buffer.from(png, 'base64'));
}
