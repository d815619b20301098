import { createLowlight, common } from 'lowlight';
import { useMemo, type ReactNode } from 'react';

const lowlight = createLowlight(common);
/** Longer code is shown in one colour: colouring it would be felt. */
const longestColoured = 120_000;

type Tree = ReturnType<typeof lowlight.highlight>;
type Child = Tree['children'][number];

const elementOf = (child: Child, key: number): ReactNode => {
  if (child.type === 'text') return child.value;
  if (child.type !== 'element') return null;
  const names = child.properties['className'];
  return (
    <span key={key} className={Array.isArray(names) ? names.join(' ') : undefined}>
      {child.children.map((inner, index) => elementOf(inner as Child, index))}
    </span>
  );
};

/** Code in the colours of its language, with numbers before its lines. */
export function CodeText({ text, language }: { text: string; language: string | null }) {
  const coloured = useMemo(() => {
    if (language === null || text.length > longestColoured || !lowlight.registered(language)) return text;
    return lowlight.highlight(language, text).children.map((child, index) => elementOf(child, index));
  }, [text, language]);
  const lines = useMemo(() => Array.from({ length: text.split('\n').length }, (_, index) => index + 1).join('\n'), [text]);
  return (
    <div className="code-text">
      <pre className="code-lines num" aria-hidden>
        {lines}
      </pre>
      <pre className="code selectable">
        <code>{coloured}</code>
      </pre>
    </div>
  );
}
