/** What is known about a key press and the input method at that moment. */
export interface KeyPress {
  readonly key: string;
  readonly keyCode: number;
  readonly isComposing: boolean;
  readonly timeStamp: number;
}

/** How long after a conversion ended an Enter still counts as the one that ended it, in milliseconds. */
const sameKeyMilliseconds = 100;

/**
 * Tells an Enter that belongs to an input method from one that is meant. Programs report it differently: while composing
 * (`isComposing`), as key code 229, or, with some input methods, as an ordinary Enter right after the conversion ended.
 */
export class InputMethod {
  #composing = false;
  #endedAt = -Infinity;

  compositionStart(): void {
    this.#composing = true;
  }

  compositionEnd(timeStamp: number): void {
    this.#composing = false;
    this.#endedAt = timeStamp;
  }

  /** A released key: what is pressed from now on is a new press. */
  keyUp(): void {
    if (!this.#composing) this.#endedAt = -Infinity;
  }

  /** Whether this press is the input method's: nothing else may act on it. */
  owns(press: KeyPress): boolean {
    return this.#composing || press.isComposing || press.keyCode === 229 || this.endedBy(press);
  }

  /** Whether this press is the Enter that has just ended a conversion, reported as an ordinary one. */
  endedBy(press: KeyPress): boolean {
    return press.key === 'Enter' && press.timeStamp - this.#endedAt < sameKeyMilliseconds;
  }
}

/**
 * Keeps Enter of input methods away from every handler of the window: no form is submitted, no message sent, no name accepted by it.
 * Returns the function that stops it.
 */
export function guardInputMethod(target: Window): () => void {
  const method = new InputMethod();
  const onStart = () => method.compositionStart();
  const onEnd = (event: Event) => method.compositionEnd(event.timeStamp);
  const onUp = () => method.keyUp();
  const onDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.keyCode !== 229) return;
    if (!method.owns(event)) return;
    event.stopImmediatePropagation();
    if (method.endedBy(event) && !event.isComposing) event.preventDefault();
  };
  const listeners = [
    ['compositionstart', onStart],
    ['compositionend', onEnd],
    ['keyup', onUp],
    ['keydown', onDown],
  ] as const;
  for (const [name, listener] of listeners) target.addEventListener(name, listener as EventListener, true);
  return () => {
    for (const [name, listener] of listeners) target.removeEventListener(name, listener as EventListener, true);
  };
}
