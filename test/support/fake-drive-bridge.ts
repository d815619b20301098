import { serve, type Handlers, type Reply } from '#shared/contract/operation.ts';
import { sync } from '#shared/contract/sync.ts';
import { workspace, type FileHandle, type WorkspaceContract } from '#shared/contract/workspace.ts';
import { fakeDriveBeyond } from './fake-drive-beyond.ts';
import type { FakeDrive } from './fake-drive.ts';
import { fakeSync } from './fake-sync.ts';

interface Bridge {
  call(name: string, input: unknown): Promise<Reply>;
  onEvent(listener: (event: unknown) => void): () => void;
  registerFiles(files: File[]): Promise<FileHandle[]>;
}

/** Stands before another fake's bridge: answers what is of Drive and sync, and learns of picked files. */
export function driveBefore(drive: FakeDrive, bridge: Bridge): Bridge {
  const handlers = { ...drive.handlers(), ...fakeDriveBeyond(drive, drive.memberId) };
  const answerDrive = serve(workspace, handlers as Handlers<WorkspaceContract, undefined>, console.error);
  const answerSync = serve(sync, fakeSync(drive), console.error);
  const know = (files: readonly FileHandle[]) => {
    for (const file of files) drive.handles.set(file.handle, file);
  };
  return {
    ...bridge,
    call: async (name, input) => {
      const own = name in handlers ? answerDrive : name.startsWith('sync.') ? answerSync : null;
      if (own !== null) {
        drive.calls.push({ name, input });
        return own(name, input, undefined);
      }
      if (name === 'shell.chooseFolder')
        return { ok: true, value: { folder: { handle: crypto.randomUUID(), name: drive.folder, sizeBytes: 0, kind: 'folder' } } };
      const reply = await bridge.call(name, input);
      if (name === 'shell.chooseFiles' && reply.ok) know((reply.value as { files: FileHandle[] }).files);
      return reply;
    },
    registerFiles: async (files) => {
      const handles = await bridge.registerFiles(files);
      know(handles);
      return handles;
    },
  };
}
