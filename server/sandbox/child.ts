import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { JobFailure, type JobRun } from './job.ts';
import { replyDescriptor, replyFrame, type ChildRequest } from './frames.ts';

// The process in which files from people are taken apart: one request a line on stdin, replies on a descriptor of their own.
// When the server goes, stdin ends, and so does this process.
const replies = new Socket({ fd: replyDescriptor, readable: false, writable: true });

async function answer({ module, input, options }: ChildRequest): Promise<void> {
  try {
    const { run } = (await import(module)) as { run: JobRun };
    const { value, files = [] } = await run(input, options as never);
    replies.write(replyFrame({ kind: 'done', value, sizes: files.map(({ length }) => length) }));
    for (const file of files) replies.write(file);
  } catch (error) {
    const reason = error instanceof JobFailure ? error.reason : 'damaged';
    // The parent keeps the first lines of it for its log.
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    replies.write(replyFrame({ kind: 'failed', reason, sizes: [] }));
  }
}

for await (const line of createInterface({ input: process.stdin })) await answer(JSON.parse(line) as ChildRequest);
process.exit();
