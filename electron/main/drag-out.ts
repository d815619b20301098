import type { BrowserWindow, NativeImage } from 'electron';
import { z } from 'zod';
import { connect, type Send } from '#shared/contract/operation.ts';
import { outside } from '#shared/contract/outside.ts';

const Prepared = z.object({ ok: z.literal(true), value: z.object({ dragId: z.string() }) });

/** The size of the picture under the pointer, in pixels. */
const iconPixels = 32;

/**
 * Begins the system's drag once the agent has brought the files here (`drive.prepareDrag`), for the button that is still held down. The page
 * learns no path. Where the button was let go meanwhile the system begins nothing.
 */
export function dragOut(
  window: BrowserWindow,
  askAgent: Send,
  icon: () => NativeImage,
  report: (error: unknown) => void,
): (name: string, reply: unknown) => void {
  const agent = connect(outside, askAgent);
  const begin = async (dragId: string): Promise<void> => {
    const { places } = await agent['drag.places']({ dragId });
    const [file] = places;
    if (file === undefined || window.isDestroyed()) return;
    window.webContents.startDrag({ file, files: places, icon: icon().resize({ width: iconPixels }) });
  };
  return (name, reply) => {
    const prepared = name === 'drive.prepareDrag' ? Prepared.safeParse(reply) : null;
    if (prepared?.success === true) void begin(prepared.data.value.dragId).catch(report);
  };
}
