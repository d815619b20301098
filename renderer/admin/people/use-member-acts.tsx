import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import type { IconName } from '../../ui/icon.tsx';
import type { MenuEntry } from '../../ui/menu.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useMay } from '../app/identity.ts';
import { useAsk } from '../app/use-server.tsx';
import { ChangeIdDialog } from './change-id-dialog.tsx';
import { LeaveDialog } from './leave-dialog.tsx';
import { MemberForm } from './member-form.tsx';
import { MoveDialog } from './move-dialog.tsx';
import { PasswordDialog } from './password-dialog.tsx';
import { ResetTwoStepDialog } from './reset-two-step-dialog.tsx';
import { RoleDialog } from './role-dialog.tsx';
import { useBatch } from './use-batch.ts';

type Question = 'edit' | 'move' | 'leave' | 'password' | 'twoStep' | 'changeId' | 'role';
type Counted =
  | 'doneSuspended'
  | 'doneRestored'
  | 'doneBlocked'
  | 'doneUnblocked'
  | 'doneRequested'
  | 'doneDeleted'
  | 'doneUndeleted'
  | 'doneLeaveEnded'
  | 'doneApproved'
  | 'doneRejected';

export interface MemberAct {
  readonly id: string;
  readonly text: string;
  readonly icon: IconName;
  readonly danger?: boolean;
  readonly run: () => void;
}

/** What can be done to these members as they are now; what cannot is not offered. One or many (ACC-07…10, ACC-43…47). */
export function useMemberActs(members: readonly AdministeredMember[], onDone: () => void = () => undefined) {
  const { t } = useTranslation('members');
  const ask = useAsk();
  const may = useMay();
  const toast = useToast();
  const batch = useBatch();
  const [question, setQuestion] = useState<Question | null>(null);
  const close = () => setQuestion(null);

  /** Runs at once; what can be taken back is offered to be taken back. */
  const change = async (
    whom: readonly AdministeredMember[],
    act: (member: AdministeredMember) => Promise<unknown>,
    done: Counted,
    undo?: { readonly act: (member: AdministeredMember) => Promise<unknown>; readonly done: Counted },
  ): Promise<void> => {
    const changed = await batch.run(whom, act);
    if (changed.length === 0) return;
    onDone();
    toast({
      text: t(done, { count: changed.length }),
      icon: 'done',
      ...(undo === undefined ? {} : { action: { text: t('undo'), onPress: () => void change(changed, undo.act, undo.done) } }),
    });
  };
  const state = (to: 'active' | 'suspended') => (member: AdministeredMember) => ask('member.setState', { member: member.id, state: to });
  const block = (blocked: boolean) => (member: AdministeredMember) => ask('member.setAppBlock', { member: member.id, blocked });
  const undelete = (member: AdministeredMember) => ask('member.undelete', { member: member.id });
  const approve = (yes: boolean) => (member: AdministeredMember) => ask('member.approve', { member: member.id, approve: yes });
  const endSessions = async (): Promise<void> => {
    let ended = 0;
    const done = await batch.run(members, async (member) => (ended += (await ask('session.endAll', { member: member.id })).ended));
    if (done.length > 0) toast({ text: t('doneEnded', { count: ended }), icon: 'done' });
  };

  const deleted = members.every((member) => member.state === 'deleted');
  const waiting = members.filter((member) => member.state === 'waiting');
  const suspended = members.filter((member) => member.state.startsWith('suspended'));
  const suspendable = members.filter((member) => ['active', 'absent', 'leave'].includes(member.state) && member.role !== 'supreme');
  const onLeave = members.filter((member) => member.state === 'leave');
  const blocked = members.filter((member) => member.appBlocked);
  const unblocked = members.filter((member) => !member.appBlocked && member.role !== 'supreme');
  const [one] = members;
  const isOne = members.length === 1 && one !== undefined;
  const ofOthers = members.filter((member) => member.role !== 'supreme');

  const acts: readonly (MemberAct | false)[] = deleted
    ? [{ id: 'undelete', text: t('undelete'), icon: 'history', run: () => void change(members, undelete, 'doneUndeleted') }]
    : [
        waiting.length > 0 &&
          may('invitations') && {
            id: 'approve',
            text: t('approve'),
            icon: 'check',
            run: () => void change(waiting, approve(true), 'doneApproved'),
          },
        waiting.length > 0 &&
          may('invitations') && {
            id: 'reject',
            text: t('reject'),
            icon: 'close',
            run: () => void change(waiting, approve(false), 'doneRejected'),
          },
        isOne && { id: 'edit', text: t('edit'), icon: 'rename', run: () => setQuestion('edit') },
        { id: 'move', text: t('moveTo'), icon: 'organisation', run: () => setQuestion('move') },
        suspendable.length > 0 && {
          id: 'suspend',
          text: t('suspend'),
          icon: 'forbidden',
          run: () => void change(suspendable, state('suspended'), 'doneSuspended', { act: state('active'), done: 'doneRestored' }),
        },
        suspended.length > 0 && {
          id: 'restore',
          text: t('restore'),
          icon: 'done',
          run: () => void change(suspended, state('active'), 'doneRestored'),
        },
        unblocked.length > 0 && {
          id: 'block',
          text: t('block'),
          icon: 'device',
          run: () => void change(unblocked, block(true), 'doneBlocked', { act: block(false), done: 'doneUnblocked' }),
        },
        blocked.length > 0 && {
          id: 'unblock',
          text: t('unblock'),
          icon: 'device',
          run: () => void change(blocked, block(false), 'doneUnblocked', { act: block(true), done: 'doneBlocked' }),
        },
        suspendable.length > 0 && { id: 'leave', text: t('leave'), icon: 'clock', run: () => setQuestion('leave') },
        onLeave.length > 0 && {
          id: 'leaveEnd',
          text: t('leaveEnd'),
          icon: 'clock',
          run: () => void change(onLeave, (member) => ask('member.setLeave', { member: member.id, until: null }), 'doneLeaveEnded'),
        },
        {
          id: 'requestPassword',
          text: t('requestPassword'),
          icon: 'bell',
          run: () => void change(members, (member) => ask('member.requestPasswordChange', { members: [member.id] }), 'doneRequested'),
        },
        isOne && { id: 'password', text: t('setPassword'), icon: 'key', run: () => setQuestion('password') },
        isOne && { id: 'twoStep', text: t('resetTwoStep'), icon: 'shield', run: () => setQuestion('twoStep') },
        isOne &&
          one.role !== 'supreme' &&
          may('roles') && { id: 'role', text: t('setRole'), icon: 'settings', run: () => setQuestion('role') },
        isOne && { id: 'changeId', text: t('changeId'), icon: 'mention', run: () => setQuestion('changeId') },
        { id: 'endSessions', text: t('endSessions'), icon: 'leave', run: () => void endSessions() },
        ofOthers.length > 0 && {
          id: 'delete',
          text: t('delete'),
          icon: 'trash',
          danger: true,
          run: () =>
            void change(ofOthers, (member) => ask('member.delete', { members: [member.id] }), 'doneDeleted', {
              act: undelete,
              done: 'doneUndeleted',
            }),
        },
      ];
  const offered = acts.filter((act) => act !== false);
  const entries = (skip: readonly string[] = []): MenuEntry[] =>
    offered
      .filter(({ id }) => !skip.includes(id))
      .flatMap(({ id, text, icon, danger, run }): MenuEntry[] => [
        ...(id === 'requestPassword' || id === 'delete' ? ['line' as const] : []),
        { text, icon, onSelect: run, ...(danger === true ? { danger } : {}) },
      ]);

  const finish = () => {
    close();
    onDone();
  };
  const dialogs: Readonly<Record<Question, () => ReactNode>> = {
    edit: () => isOne && <MemberForm member={one} onClose={close} />,
    move: () => <MoveDialog members={members} onClose={close} onDone={finish} />,
    leave: () => <LeaveDialog members={suspendable} onClose={close} onDone={finish} />,
    password: () => isOne && <PasswordDialog member={one} onClose={close} />,
    twoStep: () => isOne && <ResetTwoStepDialog member={one} onClose={close} />,
    changeId: () => isOne && <ChangeIdDialog member={one} onClose={close} />,
    role: () => isOne && <RoleDialog member={one} onClose={close} />,
  };
  return { acts: offered, entries, batch, dialog: question === null ? null : dialogs[question]() };
}
