import { Tooltip as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

/** Must stand once around everything that has tooltips. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return (
    <Radix.Provider delayDuration={500} skipDelayDuration={200}>
      {children}
    </Radix.Provider>
  );
}

/** A second way to read what the element already says; never the only text. `null` shows none. */
export function Tooltip({ text, children }: { text: string | null; children: ReactNode }) {
  if (text === null) return children;
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="tooltip" sideOffset={6} collisionPadding={8}>
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
