import type { App } from 'electron';
import type { LaunchedApp } from './app.ts';

/** The agent's process id, as the OS knows it; null while there is none. */
export const agentPid = ({ app }: LaunchedApp): Promise<number | null> =>
  app.evaluate(
    ({ app: shell }: { app: App }) =>
      shell.getAppMetrics().find((metric) => metric.type === 'Utility' && metric.name === 'Hikyaku Agent')?.pid ?? null,
  );
