import { createContext, useContext, useMemo, type ReactNode } from 'react';
import type { Member } from '#shared/model/member.ts';
import type { Room } from '#shared/model/talk.ts';
import { useAccount, useAnswer } from './host-context.tsx';

const MembersContext = createContext<ReadonlyMap<string, Member>>(new Map());

/** Asks for the people of the company once, for everything inside. */
export function MembersProvider({ children }: { children: ReactNode }) {
  const { accountId } = useAccount();
  const { data } = useAnswer('directory.list', { accountId });
  const members = useMemo(() => new Map((data?.members ?? []).map((member) => [member.id, member])), [data]);
  return <MembersContext.Provider value={members}>{children}</MembersContext.Provider>;
}

/** The people of the company by id. */
export const useMembers = (): ReadonlyMap<string, Member> => useContext(MembersContext);

/** The other one of a one-to-one room, if known. */
export const otherMember = (
  room: Pick<Room, 'kind' | 'memberIds'>,
  ownId: string,
  members: ReadonlyMap<string, Member>,
): Member | undefined => (room.kind === 'direct' ? members.get(room.memberIds.find((id) => id !== ownId) ?? '') : undefined);

/** What a room is called: its own name, the other person's, the note to oneself, or the service's notices. */
export function roomName(
  room: Pick<Room, 'kind' | 'name' | 'memberIds'>,
  ownId: string,
  members: ReadonlyMap<string, Member>,
  texts: { readonly self: string; readonly service: string; readonly unknownMember: string },
): string {
  if (room.kind === 'self') return texts.self;
  if (room.kind === 'service') return texts.service;
  if (room.kind === 'direct') return otherMember(room, ownId, members)?.name ?? texts.unknownMember;
  return room.name ?? '';
}

/** The family name, for previews: the first word of a Japanese name, the last of a Latin one. */
export function familyName(name: string): string {
  const words = name.trim().split(/[\s　]+/u);
  return (/\p{Script=Latin}/u.test(name) ? words.at(-1) : words[0]) ?? name;
}
