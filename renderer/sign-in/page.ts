import { startAuthentication } from '@simplewebauthn/browser';
import { AppError } from '#shared/base/errors.ts';
import { login } from '#shared/contract/login.ts';
import { connect, type Send } from '#shared/contract/operation.ts';
import '../ui/index.css';
import './sign-in.css';
import { texts, type SignInTexts } from './texts.ts';

/**
 * The page in the system's browser on which an app's login by passkey goes on (WebAuthn works for the server's address, never for an app's).
 * The address's fragment names the login; it never reaches a server's log.
 */
const say: SignInTexts = navigator.language.startsWith('ja') ? texts.ja : texts.en;
const state = location.hash.slice(1);

const send: Send = async (name, input) => {
  const response = await fetch(`/api/${name}`, { method: 'POST', headers: { 'x-hikyaku': '1' }, body: JSON.stringify(input) }).catch(
    (cause: unknown) => {
      throw new AppError('unavailable', 'No answer', { cause });
    },
  );
  return response.json();
};
const server = connect(login, send);

function element<K extends keyof HTMLElementTagNameMap>(name: K, className: string, text = ''): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

document.documentElement.lang = say === texts.ja ? 'ja' : 'en';
document.title = say.title;
const note = element('p', 'sign-in-note');
note.setAttribute('role', 'status');
const button = element('button', 'button primary', say.confirm);
const sheet = element('main', 'sign-in-sheet');
sheet.append(element('h1', 'sign-in-title', say.title), element('p', 'sign-in-lead', say.lead), note, button);
document.getElementById('root')!.append(sheet);

async function confirm(): Promise<void> {
  const { options } = await server['session.externalPasskeyOptions']({ state });
  const response = await startAuthentication({ optionsJSON: options as Parameters<typeof startAuthentication>[0]['optionsJSON'] });
  const { url } = await server['session.externalPasskey']({ state, response });
  note.textContent = say.done;
  button.hidden = true;
  location.replace(url);
}

button.addEventListener('click', () => {
  button.disabled = true;
  note.textContent = '';
  confirm().catch((error: unknown) => {
    const reason = error instanceof AppError ? (error.details as { reason?: string } | undefined)?.reason : undefined;
    note.textContent =
      reason === 'ticket_expired' ? say.over : error instanceof AppError && error.code === 'unavailable' ? say.unavailable : say.failed;
    button.textContent = say.again;
    button.disabled = false;
  });
});
button.focus();
