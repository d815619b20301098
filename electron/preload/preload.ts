import { contextBridge, ipcRenderer, webUtils } from 'electron';

/** Pasted content has no path, so its bytes cross; anything larger is a file. */
const mostPastedBytes = 50 * 1024 * 1024;

/** The whole bridge: three functions. Paths are looked up here and go to the main process only; the page gets handles. */
contextBridge.exposeInMainWorld('hikyaku', {
  call: (name: unknown, input: unknown): Promise<unknown> => ipcRenderer.invoke('call', { kind: 'operation', name: String(name), input }),

  onEvent: (listener: (event: unknown) => void): (() => void) => {
    const forward = (_event: unknown, payload: unknown) => listener(payload);
    ipcRenderer.on('event', forward);
    return () => void ipcRenderer.off('event', forward);
  },

  registerFiles: async (files: readonly File[]): Promise<unknown> => {
    const known = await Promise.all(Array.from(files, place));
    const reply = (await ipcRenderer.invoke('call', { kind: 'files', files: known })) as {
      ok: boolean;
      value?: unknown;
      error?: { code: string };
    };
    if (!reply.ok) throw new Error(reply.error?.code ?? 'internal');
    return reply.value;
  },
});

async function place(file: File): Promise<{ path: string } | { name: string; bytes: Uint8Array }> {
  const path = webUtils.getPathForFile(file);
  if (path !== '') return { path };
  if (file.size > mostPastedBytes) throw new Error('too_large');
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}
