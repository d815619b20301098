import type { MouseEvent } from 'react';
import { useAccount, useHost } from '../app/host-context.tsx';
import { useMembers } from '../app/people.tsx';
import { textParts } from './message-text.ts';

/** What was said, with mentions marked and addresses to follow. */
export function MessageBody({ text, mentions }: { text: string; mentions: readonly string[] }) {
  const host = useHost();
  const members = useMembers();
  const { member: own } = useAccount();
  const mentioned = mentions.flatMap((id) => {
    const name = id === own.id ? own.name : members.get(id)?.name;
    return name === undefined ? [] : [{ id, name }];
  });
  const follow = (url: string) => (event: MouseEvent) => {
    if (host.shell === null) return;
    event.preventDefault();
    void host.shell['shell.openExternal']({ url }).catch(() => undefined);
  };
  return textParts(text, mentioned).map((part, index) => {
    if (part.kind === 'words') return part.text;
    if (part.kind === 'link') {
      return (
        <a key={index} href={part.url} target="_blank" rel="noreferrer noopener" onClick={follow(part.url)}>
          {part.text}
        </a>
      );
    }
    return (
      <span key={index} className="at">
        {part.text}
      </span>
    );
  });
}
