import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ownGroup } from './groups.ts';
import { writeInput } from './input.ts';
import type { ProcessPlace } from './job-process.ts';
import type { JobLimits, JobOutcome, ProgramJob } from './job.ts';
import { firstOutput } from './output.ts';
import { watchProcess } from './watch.ts';

const mebibyte = 1_048_576;

/** Runs a program of the system on one file, in a folder of its own that is gone afterwards. */
export async function runProgram(
  job: ProgramJob,
  limits: JobLimits,
  { fence, folder, clock, log }: ProcessPlace,
): Promise<JobOutcome<null>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    for (const [name, text] of Object.entries(job.prepared ?? {})) {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    const input = path.join(folder, job.inputName);
    await writeInput(job.input, input);
    const command = fence.wrap(job.command(input, folder), {
      readable: [],
      writable: [folder],
      cpuSeconds: Math.ceil(limits.milliseconds / 1_000) * 2,
      dataBytes: limits.residentBytes + 1_024 * mebibyte,
      // One more than it may be: what was cut off there is not mistaken for the whole.
      fileBytes: limits.outputBytes + 1,
    });
    const child = spawn(command[0]!, command.slice(1), {
      ...ownGroup,
      cwd: folder,
      env: { PATH: '/usr/bin:/bin', HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said = firstOutput(child.stderr);
    const exited = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    const watch = watchProcess(child, limits, { clock, signal: job.signal });
    await exited;
    watch.stop();
    const reason = watch.ended();
    if (reason !== null) return { kind: 'failed', reason };
    const output = path.join(folder, job.outputName);
    const size = await stat(output).then(
      (found) => found.size,
      () => 0,
    );
    if (size === 0) {
      log.warn({ program: path.basename(job.command(input, folder)[0]!), said: said() }, 'A program made nothing of a file');
      return { kind: 'failed', reason: 'damaged' };
    }
    if (size > limits.outputBytes) return { kind: 'failed', reason: 'too_large' };
    return { kind: 'done', value: null, files: [await readFile(output)] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
