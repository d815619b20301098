import { execFile } from 'node:child_process';

/** Runs a program and gives what it wrote; rejects where it is missing, fails or takes too long. */
export type RunProgram = (command: string, args: readonly string[]) => Promise<string>;

const patience = 5_000;
const runProgram: RunProgram = (command, args) =>
  new Promise((resolve, reject) => {
    execFile(command, [...args], { timeout: patience, windowsHide: true }, (error, output) => {
      if (error === null) resolve(output);
      else reject(error as Error);
    });
  });

const service = 'org.freedesktop.NetworkManager';
const object = '/org/freedesktop/NetworkManager';
const properties = 'org.freedesktop.DBus.Properties';
/** Three programs that ask a D-Bus service for a property, in the order of how likely they are there. */
const linuxQuestions: readonly (readonly [string, readonly string[]])[] = [
  ['/usr/bin/busctl', ['--system', 'get-property', service, object, service, 'Metered']],
  ['/usr/bin/gdbus', ['call', '--system', '-d', service, '-o', object, '-m', `${properties}.Get`, service, 'Metered']],
  [
    '/usr/bin/dbus-send',
    ['--system', '--print-reply=literal', `--dest=${service}`, object, `${properties}.Get`, `string:${service}`, 'string:Metered'],
  ],
];
/** NMMetered: 1 is yes, 3 a guess that says yes; 2 and 4 are no, 0 is unknown. */
const meteredValues: ReadonlySet<string> = new Set(['1', '3']);

async function meteredLinux(run: RunProgram): Promise<boolean> {
  for (const [command, args] of linuxQuestions) {
    try {
      const [value] = (await run(command, args)).match(/\d+(?=\D*$)/) ?? [];
      return value !== undefined && meteredValues.has(value);
    } catch {
      // No such program, or nobody who answers: the next one may be there.
    }
  }
  return false;
}

const windowsQuestion = [
  '[void][Windows.Networking.Connectivity.NetworkInformation,Windows,ContentType=WindowsRuntime]',
  '$p = [Windows.Networking.Connectivity.NetworkInformation]::GetInternetConnectionProfile()',
  'if ($p) { $c = $p.GetConnectionCost(); "$($c.NetworkCostType) $($c.Roaming) $($c.OverDataLimit)" }',
].join('; ');

/** `Fixed` and `Variable` are paid by volume, roaming and beyond a data plan as well. */
async function meteredWindows(run: RunProgram): Promise<boolean> {
  const answer = await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', windowsQuestion]);
  return /\b(Fixed|Variable|True)\b/.test(answer);
}

/** Whether the way to the network is paid by volume, as the system says; false where it says nothing (macOS never does). */
export async function isMeteredNetwork(platform: NodeJS.Platform = process.platform, run: RunProgram = runProgram): Promise<boolean> {
  try {
    if (platform === 'linux') return await meteredLinux(run);
    return platform === 'win32' && (await meteredWindows(run));
  } catch {
    return false;
  }
}
