import { createContext, useContext } from 'react';
import { assert } from '#shared/base/assert.ts';
import type { Host } from '../app/host.ts';
import type { Attachment } from './attachments.ts';

/** The composers' contents while Talk is open: switching rooms loses nothing; the text is also with the host, which keeps it over restarts. */
export interface Drafts {
  /** What was typed in this window, or undefined when the host has to be asked. */
  text(roomId: string): string | undefined;
  /** What the host kept; what was typed meanwhile counts more. */
  load(roomId: string): Promise<string>;
  /** Remembers, and tells the host after 300 ms of silence. */
  setText(roomId: string, text: string): void;
  /** Files wait in this window only. */
  attachments(roomId: string): readonly Attachment[];
  setAttachments(roomId: string, attachments: readonly Attachment[]): void;
  /** Tells the host now, for instance because another room is opened. */
  flush(roomId: string): Promise<void>;
}

const silence = 300;

/** Drafts of one account over its host. */
export function makeDrafts(host: Host, accountId: string): Drafts {
  const texts = new Map<string, string>();
  const files = new Map<string, readonly Attachment[]>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const tell = async (roomId: string): Promise<void> => {
    clearTimeout(timers.get(roomId));
    timers.delete(roomId);
    // A draft that the host cannot take now stays in the window, and is told again with the next letter.
    await host.workspace['draft.set']({ accountId, roomId, text: texts.get(roomId) ?? '' }).catch(() => undefined);
  };
  return {
    text: (roomId) => texts.get(roomId),
    load: async (roomId) => {
      const { text } = await host.workspace['draft.get']({ accountId, roomId });
      const typed = texts.get(roomId);
      if (typed === undefined) texts.set(roomId, text);
      return typed ?? text;
    },
    setText: (roomId, text) => {
      if (texts.get(roomId) === text) return;
      texts.set(roomId, text);
      clearTimeout(timers.get(roomId));
      timers.set(
        roomId,
        setTimeout(() => void tell(roomId), silence),
      );
    },
    attachments: (roomId) => files.get(roomId) ?? [],
    setAttachments: (roomId, attachments) => void files.set(roomId, attachments),
    flush: async (roomId) => {
      if (timers.has(roomId)) await tell(roomId);
    },
  };
}

const DraftsContext = createContext<Drafts | null>(null);
export const DraftsProvider = DraftsContext.Provider;

/** The drafts of the open account. */
export function useDrafts(): Drafts {
  const drafts = useContext(DraftsContext);
  assert(drafts !== null, 'a DraftsProvider stands around conversations');
  return drafts;
}
