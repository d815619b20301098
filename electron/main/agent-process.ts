import { utilityProcess } from 'electron';
import { createInterface } from 'node:readline';
import type { AgentEnvironment } from '#shared/contract/host.ts';
import type { AgentProcess } from './agent-supervisor.ts';

/** What the OS and its libraries need; everything else of our own environment stays out of the agent. */
const passedOn = ['HOME', 'USERPROFILE', 'USERNAME', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ', 'XDG_CURRENT_DESKTOP'];

/** Starts the agent's bundle in a utility process with a small, fixed environment. `onComplaint` gets each line that it writes to standard error. */
export function forkAgent(bundle: string, own: AgentEnvironment, onComplaint: (line: string) => void): AgentProcess {
  const env: Record<string, string> = { ...defined(own), HIKYAKU_PARENT_PID: String(process.pid) };
  for (const name of passedOn) if (process.env[name] !== undefined) env[name] = process.env[name];
  const child = utilityProcess.fork(bundle, [], { env, stdio: ['ignore', 'inherit', 'pipe'], serviceName: 'Hikyaku Agent' });
  if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', onComplaint);
  return {
    port: {
      post: (message) => child.postMessage(message),
      receive: (handler) => void child.on('message', handler),
    },
    pid: () => child.pid,
    onExit: (listener) => void child.on('exit', listener),
    kill: () => {
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
}

const defined = (values: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
