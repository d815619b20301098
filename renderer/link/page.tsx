import { useCallback, useEffect, useState } from 'react';
import type { LinkAnswer } from '#shared/contract/link-page.ts';
import { Button } from '../ui/button.tsx';
import type { Language } from '../ui/format.ts';
import { Logo } from '../ui/logo.tsx';
import { ErrorNote } from '../ui/note.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { CodeDoor, LoginDoor, PasswordDoor } from './doors.tsx';
import { LanguageContext, firstLanguage, keepLanguage, useTexts } from './language.ts';
import { Opened } from './opened.tsx';
import { Over } from './over.tsx';
import { problemText, reasonText } from './problem.ts';
import type { LinkServer } from './server.ts';
import { texts } from './texts.ts';

/** The page at a link's address: asks what the link asks for, then shows what is behind it. */
export function LinkPage({ server }: { server: LinkServer }) {
  const [language, setLanguage] = useState(firstLanguage);
  const [answer, setAnswer] = useState<LinkAnswer | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const look = useCallback(() => {
    server.open().then(
      (found) => {
        setProblem(null);
        setAnswer(found);
      },
      (error: unknown) => setProblem(error),
    );
  }, [server]);
  useEffect(look, [look]);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = answer?.kind === 'open' ? answer.item.name : texts[language].title;
  }, [language, answer]);

  const choose = (chosen: Language): void => {
    keepLanguage(chosen);
    setLanguage(chosen);
  };
  return (
    <LanguageContext value={language}>
      <div className="link-frame">
        <header className="link-head">
          <Logo size={28} />
          <span className="link-brand">Hikyaku</span>
          <span className="push">
            <Segmented
              label={texts[language].language}
              value={language}
              options={[
                { value: 'ja', text: '日本語' },
                { value: 'en', text: 'English' },
              ]}
              onChange={choose}
            />
          </span>
        </header>
        <main className="link-main">
          {problem !== null ? (
            <ErrorNote title={problemText(problem, language)} retry={{ text: texts[language].again, onPress: look }} />
          ) : (
            <Answer answer={answer} server={server} look={look} />
          )}
        </main>
      </div>
    </LanguageContext>
  );
}

function Answer({ answer, server, look }: { answer: LinkAnswer | null; server: LinkServer; look: () => void }) {
  const { say, language } = useTexts();
  if (answer === null) return <p className="t3" role="status">{`${say.looking}…`}</p>;
  switch (answer.kind) {
    case 'over':
      return <Over reason={answer.reason} />;
    case 'denied':
      return (
        <Over reason="denied" text={reasonText(answer.reason, answer.subject, language)}>
          <Button onClick={look}>{say.again}</Button>
        </Over>
      );
    case 'login':
      return <LoginDoor company={answer.company} onTry={look} />;
    case 'password':
      return <PasswordDoor company={answer.company} server={server} onOpen={look} />;
    case 'code':
      return <CodeDoor company={answer.company} sent={answer.sent} server={server} onOpen={look} />;
    case 'open':
      return <Opened answer={answer} server={server} onShut={look} />;
  }
}
