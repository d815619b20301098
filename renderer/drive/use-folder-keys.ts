import type { KeyboardEvent } from 'react';
import type { WayStep } from '../app/drive-way.ts';
import { pathOf, useRouter } from '../app/router.ts';
import type { Clip } from './clip.ts';
import { useTools } from './drive-tools.ts';
import type { CommandName } from './folder-commands.ts';
import type { Commands } from './use-node-commands.ts';

interface FolderKeys {
  readonly commands: Commands;
  readonly way: readonly WayStep[];
  readonly clip: Clip | null;
  readonly hasChosen: boolean;
  readonly onLetGo: () => void;
  readonly onRefresh: () => void;
}

/** The command of a key as file managers have it, or null. */
export function commandOfKey(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>): CommandName | null {
  const command = event.ctrlKey || event.metaKey;
  if (event.altKey) return event.key === 'Enter' ? 'properties' : null;
  if (command && event.shiftKey) return event.key.toLowerCase() === 'n' ? 'newFolder' : null;
  if (command) return event.key === 'Backspace' ? 'remove' : null;
  if (event.key === 'F2') return 'rename';
  if (event.key === 'Delete') return 'remove';
  return event.key === ' ' ? 'preview' : null;
}

/** The keys of a folder's contents. A command that cannot be done says why. */
export function useFolderKeys({ commands, way, clip, hasChosen, onLetGo, onRefresh }: FolderKeys): (event: KeyboardEvent) => void {
  const router = useRouter();
  const { actions } = useTools();
  const parent = way.at(-2);
  return (event) => {
    const isUp = (event.altKey && event.key === 'ArrowUp') || (event.key === 'Backspace' && !event.ctrlKey && !event.metaKey);
    const name = commandOfKey(event);
    const command = name === null ? undefined : commands[name];
    if (isUp && parent !== undefined) router.go(pathOf('drive', parent.id));
    else if (event.key === 'F5') onRefresh();
    else if (event.key === 'Escape' && clip !== null && !hasChosen) onLetGo();
    else if (command?.why != null) actions.complain(command.why);
    else if (command !== undefined) command.run();
    else return;
    event.preventDefault();
  };
}
