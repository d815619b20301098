import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import { failure, type Send } from '#shared/contract/operation.ts';
import { WorkspaceEvent, type FileHandle } from '#shared/contract/workspace.ts';
import { mostPastedBytes, type Handles } from './handles.ts';
import { isOwnUrl } from './navigation.ts';

/** What the preload script may send. `files` is made by the preload alone: the page can send operations only. */
const Message = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('operation'), name: z.string().max(100), input: z.unknown().optional() }),
  z.object({
    kind: z.literal('files'),
    files: z
      .array(
        z.union([
          z.object({ path: z.string().min(1).max(32_768) }),
          z.object({ name: z.string().max(1_000), bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.byteLength <= mostPastedBytes) }),
        ]),
      )
      .max(10_000),
  }),
]);

/** The one channel from the renderer. Answered only for the main frame of our own window at our own origin; others learn nothing. */
export function answerRenderer(
  isOurs: (contents: WebContents) => boolean,
  send: Send,
  handles: Handles,
  report: (error: unknown) => void,
): void {
  ipcMain.handle('call', async (event, raw: unknown) => {
    if (!isTrusted(event, isOurs)) {
      report(new Error('A call came from a frame that is not ours'));
      return failure(new AppError('denied', 'Not from here'));
    }
    const message = Message.safeParse(raw);
    if (!message.success) return failure(new AppError('invalid', 'Not a message of ours'));
    if (message.data.kind === 'operation') return send(message.data.name, message.data.input);
    try {
      return { ok: true, value: message.data.files.flatMap((file): FileHandle[] => take(handles, file)) };
    } catch (cause) {
      const error = AppError.from(cause);
      if (error.code === 'internal') report(cause);
      return failure(error);
    }
  });
}

function take(handles: Handles, file: { path: string } | { name: string; bytes: Uint8Array }): FileHandle[] {
  return 'path' in file ? handles.register([file.path]) : [handles.registerBytes(file.name, file.bytes)];
}

function isTrusted(event: IpcMainInvokeEvent, isOurs: (contents: WebContents) => boolean): boolean {
  const frame = event.senderFrame;
  return frame !== null && isOurs(event.sender) && frame === event.sender.mainFrame && isOwnUrl(frame.url);
}

/** Sends a hint to our page. Events of a newer agent are dropped, as the renderer would not know them either. */
export function sendEvent(contents: WebContents, raw: unknown): void {
  const event = WorkspaceEvent.safeParse(raw);
  if (event.success && !contents.isDestroyed()) contents.send('event', event.data);
}
