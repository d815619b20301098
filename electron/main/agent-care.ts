import { dialog, type BrowserWindow } from 'electron';
import type { AgentState } from './agent-supervisor.ts';
import type { Texts } from './texts.ts';
import type { TrayView } from './tray.ts';

/** Tells page, tray and person what became of the agent. `given_up` is said in a dialog that offers another start. */
export function careForAgent(parts: {
  readonly window: BrowserWindow;
  readonly tray: TrayView;
  readonly texts: () => Texts;
  readonly tell: (event: unknown) => void;
  readonly startAgain: () => void;
}): (state: AgentState) => void {
  const ask = async (): Promise<void> => {
    const { agentEnded, agentEndedDetail, startAgain, later } = parts.texts();
    const { response } = await dialog.showMessageBox(parts.window, {
      type: 'warning',
      message: agentEnded,
      detail: agentEndedDetail,
      buttons: [startAgain, later],
      cancelId: 1,
    });
    if (response === 0) parts.startAgain();
  };
  return (state) => {
    // The page asks again for everything: whatever it shows may have changed while nobody answered.
    if (state === 'running') parts.tell({ type: 'accounts.changed' });
    if (state === 'restarting') parts.tray.show('starting');
    if (state !== 'given_up') return;
    parts.tray.show('stopped');
    void ask();
  };
}
