import type { ComponentType } from 'react';
import type { IconName } from '../ui/icon.tsx';

/** One entry of the rail. Features are handed to the frame by main.tsx; the frame knows none of them. */
export interface Screen {
  /** The first part of its paths, and the key of its name in the frame's texts. */
  readonly id: 'talk' | 'drive' | 'sync' | 'settings';
  readonly icon: IconName;
  /** Gets the rest of the path: for `/talk/ROOM`, `['ROOM']`. */
  readonly Component: ComponentType<{ path: readonly string[] }>;
  /** A number on the rail, or nothing. */
  readonly Badge?: ComponentType;
}
