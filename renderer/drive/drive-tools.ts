import { createContext, useContext } from 'react';
import { assert } from '#shared/base/assert.ts';
import type { AskedDetails } from './details/asked-details.ts';
import type { Node, Space } from '#shared/model/drive.ts';
import type { Clip } from './clip.ts';
import type { ScrollMemory } from './use-kept-scroll.ts';
import { nothingChosen, type Selection } from './selection.ts';
import type { DriveActions } from './use-drive-actions.ts';
import type { Marks } from './use-marks.ts';

/** What was chosen in a place and how far it was scrolled, for when one comes back. */
export class PlaceMemory implements ScrollMemory {
  #top = 0;
  #selection: Selection = nothingChosen;

  readonly top = (): number => this.#top;
  readonly keepTop = (top: number): void => {
    this.#top = top;
  };
  readonly selection = (): Selection => this.#selection;
  readonly keepSelection = (selection: Selection): void => {
    this.#selection = selection;
  };
}

/** Nodes that are to go somewhere, and how; the answer is asked for in a dialog. */
export interface Sending {
  readonly kind: 'move' | 'copy';
  readonly nodes: readonly Node[];
}

/** What every part of the explorer works with. */
export interface DriveTools {
  readonly spaces: readonly Space[];
  readonly actions: DriveActions;
  readonly marks: Marks;
  readonly clip: Clip | null;
  readonly setClip: (clip: Clip | null) => void;
  /** Asks for a folder for what is to be moved or copied. */
  readonly send: (sending: Sending) => void;
  readonly memoryOf: (place: string) => PlaceMemory;
  /** Opens the details column on one of its tabs. */
  readonly showDetails: (tab: AskedDetails['tab']) => void;
  readonly askedDetails: AskedDetails;
}

const ToolsContext = createContext<DriveTools | null>(null);
export const ToolsProvider = ToolsContext.Provider;

export function useTools(): DriveTools {
  const tools = useContext(ToolsContext);
  assert(tools !== null, 'the Drive screen stands around its parts');
  return tools;
}
