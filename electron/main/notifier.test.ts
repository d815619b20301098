import { describe, expect, it } from 'vitest';
import { createNotifier, type NotificationContent, type Viewing } from './notifier.ts';
import { textsOf } from './texts.ts';

function makeDesktop(choice = { enabled: true, preview: true }) {
  const state = { viewing: { accountId: null, roomId: null } as Viewing, focused: true };
  const shown = new Map<number, NotificationContent>();
  const clicks: (() => void)[] = [];
  const opened: string[] = [];
  const notifier = createNotifier({
    present: (content, onClick) => {
      const id = clicks.push(onClick);
      shown.set(id, content);
      return { close: () => void shown.delete(id) };
    },
    choice: () => choice,
    viewing: () => state.viewing,
    isFocused: () => state.focused,
    texts: () => textsOf('ja'),
    open: (accountId, roomId) => opened.push(`${accountId}/${roomId}`),
  });
  const say = (roomId: string, body: string) => notifier.show({ accountId: 'a', roomId, title: '田中 翔', body });
  const bodies = () => [...shown.values()].map(({ body }) => body);
  return { state, notifier, say, bodies, shown, clicks, opened };
}

describe('notifications', () => {
  it('are replaced within a room and kept apart between rooms', () => {
    const { say, bodies } = makeDesktop();
    say('1', 'first');
    say('2', 'other');
    say('1', 'second');
    expect(bodies()).toEqual(['other', 'second']);
  });

  it('are withdrawn once the room was read', () => {
    const { notifier, say, bodies } = makeDesktop();
    say('1', 'first');
    say('2', 'other');
    notifier.withdraw('a', '1');
    expect(bodies()).toEqual(['other']);
    notifier.clear();
    expect(bodies()).toEqual([]);
  });

  it('stay away for the room that is looked at, and only while the window has the focus', () => {
    const { state, say, bodies } = makeDesktop();
    state.viewing = { accountId: 'a', roomId: '1' };
    say('1', 'seen');
    say('2', 'elsewhere');
    state.focused = false;
    say('1', 'unseen');
    expect(bodies()).toEqual(['elsewhere', 'unseen']);
  });

  it('open the room when clicked', () => {
    const { say, clicks, opened } = makeDesktop();
    say('1', 'first');
    clicks[0]!();
    expect(opened).toEqual(['a/1']);
  });

  it('say neither sender nor text without preview, and nothing at all when switched off', () => {
    const quiet = makeDesktop({ enabled: true, preview: false });
    quiet.say('1', 'secret');
    expect([...quiet.shown.values()]).toEqual([{ title: 'Hikyaku', body: '新しいメッセージがあります', group: 'a/1' }]);
    const off = makeDesktop({ enabled: false, preview: true });
    off.say('1', 'secret');
    expect(off.bodies()).toEqual([]);
  });
});
