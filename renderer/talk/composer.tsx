import { useEffect, useId, useImperativeHandle, useLayoutEffect, useRef, useState, type KeyboardEvent, type Ref } from 'react';
import { useTranslation } from 'react-i18next';
import { longestMessage } from '#shared/model/talk.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useHost } from '../app/host-context.tsx';
import { useMembers } from '../app/people.tsx';
import { useSettings } from '../app/settings-source.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Note } from '../ui/note.tsx';
import type { DroppedFile } from './attachments.ts';
import { filesOf, sendable } from './attachments.ts';
import { AttachMenu } from './composer-attach.tsx';
import { AttachmentList, RefusalList, useAttachments } from './composer-files.tsx';
import { composerAct } from './composer-keys.ts';
import { useDrafts } from './drafts.ts';
import { MentionMenu, useMentions } from './mention-menu.tsx';
import { SendKeyChoice } from './send-key-choice.tsx';
import { useFormat } from '../ui/use-format.ts';

/** What the room does with its composer from outside. */
export interface ComposerHandle {
  /** Files were dropped on the conversation. */
  attach(files: readonly DroppedFile[]): void;
  /** A message was taken back: its text stands in the composer again. */
  put(text: string): void;
  focus(): void;
}

interface ComposerProps {
  roomId: string;
  roomName: string;
  memberIds: readonly string[];
  onSent: () => void;
  ref: Ref<ComposerHandle>;
}

/** Where messages are written. The text is safe with the host while it is typed; nothing here waits for the network. */
export function Composer({ roomId, roomName, memberIds, onSent, ref }: ComposerProps) {
  const { t } = useTranslation(['talk', 'ui']);
  const id = useId();
  const host = useHost();
  const explain = useExplain();
  const format = useFormat();
  const drafts = useDrafts();
  const members = useMembers();
  const { accountId } = useAccount();
  const settings = useSettings(accountId);
  const sendKey = settings.get('sendKey');
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => drafts.text(roomId) ?? '');
  const [problem, setProblem] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const files = useAttachments(roomId);
  const mentions = useMentions(field, memberIds);

  const change = (next: string) => {
    setText(next);
    drafts.setText(roomId, next);
  };
  useEffect(() => {
    field.current?.focus();
    if (drafts.text(roomId) === undefined) void drafts.load(roomId).then(setText, () => undefined);
    return () => void drafts.flush(roomId);
  }, [drafts, roomId]);
  useLayoutEffect(() => {
    if (field.current !== null && field.current.value !== text) field.current.value = text;
  }, [text]);

  const send = async () => {
    const typed = field.current?.value ?? '';
    const body = typed.trim();
    if (body === '' && files.list.length === 0) return;
    if (body.length > longestMessage) return setProblem(t('tooLong', { count: longestMessage }));
    const kept = files.list;
    setProblem(null);
    files.replace([]);
    setText('');
    drafts.setText(roomId, '');
    mentions.close();
    onSent();
    try {
      const named = memberIds.filter((memberId) => body.includes(`@${members.get(memberId)?.name ?? '\0'}`));
      await host.workspace['message.send']({ accountId, roomId, text: body, mentions: named, ...sendable(kept) });
      await drafts.flush(roomId);
    } catch (error) {
      const now = field.current?.value ?? '';
      const back = now === '' ? typed : `${typed}\n${now}`;
      setText(back);
      files.replace(kept);
      drafts.setText(roomId, back);
      setProblem(explain(problemOf(error)));
    }
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (mentions.onKeyDown(event, choose)) return;
    const act = composerAct(event, sendKey);
    if (act === 'type') return;
    event.preventDefault();
    if (act === 'ask') setAsking(true);
    else void send();
  };
  const choose = (memberId: string) => {
    const next = mentions.insert(memberId);
    if (next !== null) change(next);
  };

  useImperativeHandle(ref, () => ({
    attach: (dropped) => void files.add(dropped),
    put: (back) => {
      const now = field.current?.value ?? '';
      change(now === '' ? back : `${now}\n${back}`);
      field.current?.focus();
    },
    focus: () => field.current?.focus(),
  }));

  const empty = text.trim() === '' && files.list.length === 0;
  return (
    <div className="composer-place">
      <RefusalList refusals={files.refusals} onClose={files.dismiss} />
      {problem !== null && (
        <Note
          icon="error"
          tone="danger"
          alert
          action={<IconButton icon="close" small label={t('ui:close')} onClick={() => setProblem(null)} />}
        >
          {problem}
        </Note>
      )}
      <div className="composer">
        <AttachmentList list={files.list} onRemove={files.remove} />
        <textarea
          ref={field}
          className="draft"
          rows={1}
          defaultValue={text}
          aria-label={t('messageTo', { room: roomName })}
          aria-describedby={`${id}-keys`}
          aria-controls={mentions.open ? mentions.listId : undefined}
          aria-activedescendant={mentions.activeId}
          placeholder={t('message')}
          onInput={(event) => {
            change(event.currentTarget.value);
            mentions.look();
          }}
          onSelect={mentions.look}
          onBlur={mentions.close}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            const pasted = filesOf(event.clipboardData, () => t('pastedImage', { time: format.time(Date.now()).replace(':', '') }));
            if (pasted.length === 0) return;
            event.preventDefault();
            void files.add(pasted);
          }}
        />
        <MentionMenu mentions={mentions} onChoose={choose} />
        <div className="tools">
          <AttachMenu attached={files.list.length} onPick={() => void files.pick()} onDrive={files.addFromDrive} />
          {memberIds.length > 1 && <IconButton icon="mention" label={t('mention')} onClick={() => change(mentions.start())} />}
          <span id={`${id}-keys`} className="xs t3 push keys">
            {sendKey === null ? '' : t(sendKey === 'enter' ? 'enterSends' : 'ctrlEnterSends')}
          </span>
          <Button
            look="primary"
            size="small"
            icon="send"
            className="send"
            disabled={empty}
            title={empty ? t('sendNeeds') : undefined}
            onClick={() => void send()}
          >
            {t('send')}
          </Button>
        </div>
      </div>
      <SendKeyChoice
        open={asking}
        onClose={() => setAsking(false)}
        onChoose={(key) => {
          setAsking(false);
          void settings.set('sendKey', key).catch((error: unknown) => setProblem(explain(problemOf(error))));
          if (key === 'enter') void send();
        }}
      />
    </div>
  );
}
