import type { WorkCalendar } from '../calendar.ts';
import type { DemoFile, DemoFolder, DemoSpace, DemoVersion } from '../types.ts';
import type { FileScript, SpaceScript, StateScript } from './script.ts';

function versionOf([authorId, workingDay, clock, content]: StateScript, calendar: WorkCalendar): DemoVersion {
  return { authorId, at: calendar.at(workingDay, clock), bytes: () => content.bytes() };
}

function fileOf(spaceId: string, [path, newest, ...older]: FileScript, calendar: WorkCalendar): DemoFile {
  return {
    ...versionOf(newest, calendar),
    spaceId,
    path: path.split('/'),
    mediaType: newest[3].mediaType,
    earlier: older.map((state) => versionOf(state, calendar)).reverse(),
  };
}

function spaceOf(script: SpaceScript): DemoSpace {
  const { id, kind, name, description } = script;
  const ownerId = script.ownerId ?? null;
  return {
    id,
    kind,
    name,
    description,
    ownerId,
    masterIds: script.masterIds ?? (ownerId === null ? [] : [ownerId]),
    memberIds: script.memberIds ?? (ownerId === null ? 'all' : [ownerId]),
  };
}

/** Makes drives of their scripts. */
export function buildDrives(
  scripts: readonly SpaceScript[],
  calendar: WorkCalendar,
): { readonly spaces: readonly DemoSpace[]; readonly folders: readonly DemoFolder[]; readonly files: readonly DemoFile[] } {
  return {
    spaces: scripts.map(spaceOf),
    folders: scripts.flatMap((script) =>
      (script.emptyFolders ?? []).map((path) => ({
        spaceId: script.id,
        path: path.split('/'),
        authorId: script.masterIds?.[0] ?? script.ownerId ?? 'admin',
        at: calendar.at(-40, '09:30'),
      })),
    ),
    files: scripts.flatMap((script) => script.files.map((file) => fileOf(script.id, file, calendar))),
  };
}
