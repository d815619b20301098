/**
 * What the demo tenant consists of, as plain descriptions. The generators make these values without a clock, a network
 * or randomness of their own; whoever seeds a tenant turns them into rows.
 */

/** One person of the demo company. Every password is set by whoever seeds, never here. */
export interface DemoMember {
  /** What the person types to log in, unique in the company, `[a-z]+`. */
  readonly id: string;
  readonly surname: string;
  readonly givenName: string;
  /** Readings in katakana (ADM-01), for sorting and for finding people by sound. */
  readonly surnameKana: string;
  readonly givenNameKana: string;
  readonly organisationId: string;
  /** Position such as 課長; null for people without one. */
  readonly title: string | null;
  /** Exactly one member of the company is the supreme administrator (ADM-10). */
  readonly role: 'supreme' | 'member';
  readonly employeeNumber: string;
  /** Extension of the desk telephone. */
  readonly extension: string;
  readonly language: 'ja';
}

/** One organisation. The list names parents before their children. */
export interface DemoOrganisation {
  readonly id: string;
  /** null only for the company itself. */
  readonly parentId: string | null;
  readonly name: string;
  readonly description: string;
  /** The member who leads it (TLK-02). */
  readonly leaderId: string;
}

/** A file that hangs on a message. */
export interface DemoAttachment {
  readonly name: string;
  readonly mediaType: string;
  bytes(): Promise<Uint8Array>;
}

export interface DemoMessage {
  readonly authorId: string;
  /** Epoch milliseconds, never after the `now` that was given. */
  readonly sentAt: number;
  readonly text: string;
  /** Members addressed with `@surname givenName` in the text; `all` when the text addresses everyone with `@All` (TLK-25). */
  readonly mentions: readonly string[] | 'all';
  /** Index, in the same room, of the message that this one quotes. */
  readonly replyTo: number | null;
  readonly attachment: DemoAttachment | null;
}

export interface DemoRoom {
  readonly id: string;
  /** TLK-01, as far as rooms are built: 1:1, group, organisation, messages to oneself. */
  readonly kind: 'direct' | 'group' | 'organisation' | 'self';
  /** null where the room is named after its people (direct, self). */
  readonly name: string | null;
  /** Set for rooms of kind `organisation`, whose membership follows the organisation (TLK-02). */
  readonly organisationId: string | null;
  readonly memberIds: readonly string[];
  /** Masters of a group (none where anyone in it invites and removes), leader of an organisation; empty otherwise. */
  readonly masterIds: readonly string[];
  readonly createdBy: string;
  readonly createdAt: number;
  /** In the order of the room, `sentAt` strictly rising. */
  readonly messages: readonly DemoMessage[];
  /** How many of `messages`, counted from the first, each member has read. */
  readonly readCounts: ReadonlyMap<string, number>;
}

/** A drive. Of the areas of DRV-01 the demo fills two: shared drives and my drives. */
export interface DemoSpace {
  readonly id: string;
  readonly kind: 'shared' | 'my';
  readonly name: string;
  readonly description: string;
  /** Owner of a my drive; null for shared drives. */
  readonly ownerId: string | null;
  readonly masterIds: readonly string[];
  /** Who may use it: everyone, or the named members (DRV-02). */
  readonly memberIds: readonly string[] | 'all';
}

/** One state of a file's content. */
export interface DemoVersion {
  readonly authorId: string;
  readonly at: number;
  bytes(): Promise<Uint8Array>;
}

export interface DemoFile extends DemoVersion {
  readonly spaceId: string;
  /** Folder names from the space's root, then the file's name. Folders exist by being named here or in `folders`. */
  readonly path: readonly string[];
  readonly mediaType: string;
  /** Contents that this file had before, oldest first (DRV-10). */
  readonly earlier: readonly DemoVersion[];
}

/** A folder that is there even if no file lies in it. */
export interface DemoFolder {
  readonly spaceId: string;
  readonly path: readonly string[];
  readonly authorId: string;
  readonly at: number;
}

export interface DemoCompany {
  readonly name: string;
  readonly organisations: readonly DemoOrganisation[];
  readonly members: readonly DemoMember[];
  readonly rooms: readonly DemoRoom[];
  readonly spaces: readonly DemoSpace[];
  readonly folders: readonly DemoFolder[];
  readonly files: readonly DemoFile[];
}
