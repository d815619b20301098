import { app } from 'electron';
import type { AgentSupervisor } from './agent-supervisor.ts';

/** How long the agent may take to finish what it is doing when the app quits. */
const patienceMs = 5_000;

/** Makes the app quit in order: first the agent, asked and awaited, then windows and process. Returns whether it is quitting. */
export function quitInOrder(supervisor: AgentSupervisor, before: () => void, report: (error: unknown) => void): () => boolean {
  let quitting = false;
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    const first = !quitting;
    quitting = true;
    if (supervisor.state === 'stopped') return;
    event.preventDefault();
    if (!first) return;
    before();
    void supervisor
      .stop(patienceMs)
      .catch(report)
      .finally(() => app.quit());
  });
  return () => quitting;
}
