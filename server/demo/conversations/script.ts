import type { DemoContent } from '../files/content.ts';
import type { DemoRoom } from '../types.ts';

/**
 * One message of a written conversation: working day (0 is the last one, see the calendar), clock, author, text.
 * In the text `{-2}` stands for the label of a working day, `@姓 名` addresses a member, `@All` everyone.
 */
export type Line = readonly [
  workingDay: number,
  clock: string,
  authorId: string,
  text: string,
  more?: {
    /** How many messages back the quoted one stands; 1 is the message before. */
    readonly quotes?: number;
    readonly file?: readonly [name: string, content: DemoContent];
  },
];

/** A conversation as it is written down; the builder makes a room of it. */
export interface RoomScript {
  readonly id: string;
  readonly kind: DemoRoom['kind'];
  readonly name?: string;
  /** For organisation rooms: the organisation whose people (and those below it) are the members. */
  readonly organisationId?: string;
  /** For every other kind; `all` is the whole company. */
  readonly memberIds?: readonly string[] | 'all';
  readonly masterIds?: readonly string[];
  /** How many of the last messages a member has not read; who is not named here has read all, or lags by a few. */
  readonly unread?: Readonly<Record<string, number>>;
  readonly lines: readonly Line[];
}
