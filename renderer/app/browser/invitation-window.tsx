import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { connect, type Client, type OutputOf } from '#shared/contract/operation.ts';
import { login, type LoginContract } from '#shared/contract/login.ts';
import { Button } from '../../ui/button.tsx';
import { Input } from '../../ui/input.tsx';
import { ErrorNote, Note } from '../../ui/note.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { NewPassword, clearNewPassword, readNewPassword, useNewPasswordFields } from '../account-new-password.tsx';
import { problemOf, useExplain } from '../explain.ts';
import { useHost } from '../host-context.tsx';
import { LoginPanel } from '../login-panel.tsx';
import { browserTransport } from './browser-transport.ts';
import '../account.css';

type Entrance = Pick<Client<LoginContract>, 'invitation.look' | 'invitation.accept'>;
type Invitation = OutputOf<LoginContract, 'invitation.look'>;
type Outcome = OutputOf<LoginContract, 'invitation.accept'>;

/** The code in an address such as `#/invitation/CODE`, or null. */
export const invitationIn = (hash: string): string | null => /^#\/invitation\/([\w-]{1,200})$/.exec(hash)?.[1] ?? null;

/** What a link opens (ADM-04, ACC-10): joining the company, or choosing one's first password. It needs no login and opens none. */
export function InvitationWindow({ code }: { code: string }) {
  const { t } = useTranslation('invitation');
  const host = useHost();
  const explain = useExplain();
  const [entrance, setEntrance] = useState<Entrance | null>(null);
  const [found, setFound] = useState<Invitation | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const look = async () => {
      const { version } = await host.workspace['workspace.info']({});
      const made = connect(login, browserTransport(location.origin, version).call);
      const invitation = await made['invitation.look']({ code });
      setEntrance(made);
      setFound(invitation);
    };
    look().catch((error: unknown) => setProblem(explain(problemOf(error))));
  }, [host, code, explain]);

  return (
    <div className="lone">
      <main className="sheet">
        {problem !== null && <ErrorNote title={t('unusable')}>{problem}</ErrorNote>}
        {problem === null && found === null && <Skeleton rows={6} label={t('looking')} />}
        {entrance !== null && found !== null && outcome === null && (
          <InvitationForm code={code} invitation={found} entrance={entrance} onDone={setOutcome} />
        )}
        {outcome !== null && (
          <div className="login-head" role="status">
            <h1>{t(outcome.state === 'waiting' ? 'waitingTitle' : 'doneTitle')}</h1>
            <p>{t(outcome.state === 'waiting' ? 'waiting' : 'done', { member: outcome.memberId })}</p>
          </div>
        )}
        {(outcome !== null || problem !== null) && (
          <Button look={outcome === null ? 'quiet' : 'primary'} onClick={() => location.replace('/')}>
            {t('toLogin')}
          </Button>
        )}
      </main>
    </div>
  );
}

interface FormProps {
  code: string;
  invitation: Invitation;
  entrance: Entrance;
  onDone: (outcome: Outcome) => void;
}

function InvitationForm({ code, invitation, entrance, onDone }: FormProps) {
  const { t } = useTranslation(['invitation', 'login']);
  const explain = useExplain();
  const fields = useNewPasswordFields();
  const [person, setPerson] = useState({ name: '', reading: '', memberId: '', email: '' });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const joins = invitation.kind === 'join';
  const memberId = person.memberId.normalize('NFKC').trim().toLowerCase();
  const whole = !joins || (person.name.trim() !== '' && memberId !== '');

  const accept = async () => {
    const read = readNewPassword(fields);
    if ('problem' in read) return setProblem(t(read.problem === 'empty' ? 'login:newPasswordEmpty' : 'login:newPasswordDiffers'));
    setBusy(true);
    setProblem(null);
    const reading = person.reading.trim();
    const email = person.email.normalize('NFKC').trim();
    const who = { memberId, name: person.name.trim(), ...(reading === '' ? {} : { reading }), ...(email === '' ? {} : { email }) };
    try {
      const outcome = await entrance['invitation.accept']({ code, password: read.password, ...(joins ? who : {}) });
      clearNewPassword(fields);
      return onDone(outcome);
    } catch (error) {
      return setProblem(explain(problemOf(error)));
    } finally {
      setBusy(false);
    }
  };
  const field = (name: keyof typeof person, more: object = {}) => (
    <Input
      label={t(name)}
      value={person[name]}
      className="login-field"
      onChange={(event) => setPerson({ ...person, [name]: event.target.value })}
      {...more}
    />
  );

  const company = invitation.tenantName;
  return (
    <LoginPanel
      title={joins ? t('joinTitle', { company }) : t('firstTitle')}
      lead={joins ? t('joinLead') : t('firstLead', { name: invitation.name ?? '', company })}
      submit={{ text: t(joins ? 'join' : 'save'), disabled: busy || !whole, onSubmit: () => void accept() }}
    >
      {joins && (
        <>
          {field('name', { autoComplete: 'name' })}
          {field('reading')}
          {field('memberId', { autoComplete: 'username', autoCapitalize: 'off' })}
          <p className="t3 xs phrase">{t('memberIdHint')}</p>
          {field('email', { autoComplete: 'email' })}
          <p className="t3 xs phrase">{t('emailHint')}</p>
        </>
      )}
      <NewPassword fields={fields} rules={invitation.rules} memberId={joins ? memberId : invitation.memberId} />
      {problem !== null && (
        <Note icon="error" tone="danger" alert>
          {problem}
        </Note>
      )}
    </LoginPanel>
  );
}
