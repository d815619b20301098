import { useRef } from 'react';
import { Button } from '../ui/button.tsx';

/** Opens the system's dialog for choosing files. */
export function UploadButton({ text, many, onChosen }: { text: string; many: boolean; onChosen: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        multiple={many}
        aria-label={text}
        onChange={({ target }) => {
          const chosen = [...(target.files ?? [])];
          // The same file may be chosen again.
          target.value = '';
          if (chosen.length > 0) onChosen(chosen);
        }}
      />
      <Button icon="upload" size="large" onClick={() => input.current?.click()}>
        {text}
      </Button>
    </>
  );
}
