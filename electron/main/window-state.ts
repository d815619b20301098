import { z } from 'zod';

/** Where the window was, as kept in the profile. */
export const WindowState = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof WindowState>;

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const smallestWindow = { width: 640, height: 480 } as const;
const firstWindow = { width: 1_280, height: 800 } as const;

/** How much of the title bar must lie on a display so that a person can reach and drag it. */
const reachable = { width: 120, height: 40 } as const;

/**
 * Where to open the window: where it was if a display still shows its title bar there, else centred on the first display;
 * never larger than that display, never smaller than the smallest window.
 * @param areas the work areas of the displays, the primary one first
 */
export function placeWindow(kept: WindowState | null, areas: readonly Area[]): WindowState {
  const home = areas.find((area) => kept !== null && showsTitleBar(area, kept)) ?? areas[0] ?? { x: 0, y: 0, ...firstWindow };
  const fit = (wanted: number, least: number, most: number) => Math.max(least, Math.min(wanted, most));
  const width = fit(kept?.width ?? firstWindow.width, smallestWindow.width, home.width);
  const height = fit(kept?.height ?? firstWindow.height, smallestWindow.height, home.height);
  const maximized = kept?.maximized ?? false;
  if (kept !== null && showsTitleBar(home, kept)) return { x: kept.x, y: kept.y, width, height, maximized };
  const centre = (start: number, room: number, size: number) => start + Math.max(0, Math.round((room - size) / 2));
  return { x: centre(home.x, home.width, width), y: centre(home.y, home.height, height), width, height, maximized };
}

function showsTitleBar(area: Area, window: Area): boolean {
  const across = Math.min(area.x + area.width, window.x + window.width) - Math.max(area.x, window.x);
  const top = window.y >= area.y && window.y + reachable.height <= area.y + area.height;
  return across >= reachable.width && top;
}
