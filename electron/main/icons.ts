import { nativeImage, type NativeImage } from 'electron';
import path from 'node:path';
import type { SyncState } from '#shared/contract/sync.ts';

/** Whether the tray's glyph is drawn for a dark bar (light glyph) or a light one. */
export type Glyph = 'light' | 'dark';

/** The pictures beside the main bundle, made by build/icons/render.ts. Larger versions (`@2x`) are found by name. */
export interface Icons {
  tray(state: SyncState, glyph: Glyph): NativeImage;
  window(): NativeImage;
  /** The count on the taskbar's button (Windows); `9+` above nine. */
  badge(count: number, mentioned: boolean): NativeImage;
}

/** @param folder where the main bundle lies */
export function loadIcons(folder: string): Icons {
  const load = (...name: string[]) => nativeImage.createFromPath(path.join(folder, ...name));
  return {
    tray: (state, glyph) => {
      const image = load('tray', `${state.replace('_', '')}-${glyph}.png`);
      // macOS colours the glyph by itself when it knows that it is a mask.
      if (process.platform === 'darwin') image.setTemplateImage(true);
      return image;
    },
    window: () => load('icon.png'),
    badge: (count, mentioned) => load('tray', `badge-${mentioned ? 'mention' : 'unread'}-${count > 9 ? 'more' : count}.png`),
  };
}

/** Which glyph the bar needs. GNOME's bar is dark in both themes; elsewhere it follows the theme. */
export const glyphFor = (platform: string, desktop: string, dark: boolean): Glyph =>
  platform === 'linux' && /gnome|unity/i.test(desktop) ? 'light' : dark ? 'light' : 'dark';
