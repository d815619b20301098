import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { stemLength, takenNames, typedName, typedNameProblem } from './node-names.ts';
import './name-editor.css';

interface NameEditorProps {
  label: string;
  /** The present name; for something new, the one that is offered. */
  name: string;
  kind: 'file' | 'folder';
  /** Names of the others in the folder. */
  siblings: readonly string[];
  isNew?: boolean;
  /** Why the name that was taken last did not become the name; the field stays for another one. */
  refusal?: { readonly text: string } | null;
  /** Gets a name that may be stored, and only when it differs or is new. */
  onCommit: (name: string) => void;
  onCancel: () => void;
}

/** Edits a name in its place. Enter takes it, Escape does not; Enter that confirms a conversion does neither. What is wrong is said under it. */
export function NameEditor({ label, name, kind, siblings, isNew = false, refusal = null, onCommit, onCancel }: NameEditorProps) {
  const { t } = useTranslation('drive');
  const id = useId();
  const over = useRef(false);
  const [text, setText] = useState(name);
  const [asked, setAsked] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const taken = useMemo(() => takenNames(siblings), [siblings]);
  const problem = typedNameProblem(text, taken, isNew ? null : name);
  const shown = problem !== null && (asked || problem !== 'name_empty') ? t(problem) : refused;
  useEffect(() => {
    if (refusal === null) return;
    over.current = false;
    setRefused(refusal.text);
  }, [refusal]);

  const finish = (take: boolean) => {
    if (over.current) return;
    if (take && problem !== null) return setAsked(true);
    over.current = true;
    const typed = typedName(text);
    if (take && (isNew || typed !== name)) onCommit(typed);
    else onCancel();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    // 229: an input method is at work (also where `isComposing` comes late).
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter') finish(true);
    if (event.key === 'Escape') finish(false);
  };
  const focus = (input: HTMLInputElement | null) => {
    if (input === null || document.activeElement === input) return;
    input.focus({ preventScroll: true });
    input.setSelectionRange(0, stemLength(name, kind));
  };

  return (
    <span className="name-editor">
      <input
        ref={focus}
        value={text}
        aria-label={label}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          setText(event.target.value);
          setRefused(null);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => finish(problem === null)}
        onMouseDown={(event) => event.stopPropagation()}
        onDoubleClick={(event) => event.stopPropagation()}
        {...(shown === null ? {} : { 'aria-invalid': true, 'aria-describedby': `${id}-problem` })}
      />
      {shown !== null && (
        <span id={`${id}-problem`} className="name-problem sm" role="alert">
          {shown}
        </span>
      )}
    </span>
  );
}
