import { connect, type Send } from '#shared/contract/operation.ts';
import { outside } from '#shared/contract/outside.ts';
import { ownHost } from './navigation.ts';

/** Nothing of what people uploaded can run or reach anything, whatever it claims to be, and no copy of it is kept. */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Answers the content scheme with what the agent fetches, as fast as it is taken. The agent decides what may be shown. */
export function serveContent(send: Send): (request: Request) => Promise<Response> {
  const agent = connect(outside, send);
  return async (request) => {
    const url = new URL(request.url);
    if (request.method !== 'GET' || url.host !== ownHost) return new Response(null, { status: 404, headers });
    try {
      const opened = await agent['content.open']({ path: url.pathname + url.search, range: request.headers.get('range') });
      const { streamId, status } = opened;
      const isBare = status === 304 || status < 200 || status > 299;
      if (isBare) {
        await agent['content.close']({ streamId });
        return new Response(null, { status: status < 200 || status > 599 ? 502 : status, headers });
      }
      const body = new ReadableStream<Uint8Array>(
        {
          pull: async (controller) => {
            const { bytes } = await agent['content.read']({ streamId });
            if (bytes === null) controller.close();
            else controller.enqueue(bytes);
          },
          cancel: async () => void (await agent['content.close']({ streamId })),
        },
        { highWaterMark: 0 },
      );
      return new Response(body, { status, headers: { ...opened.headers, ...headers } });
    } catch {
      return new Response(null, { status: 503, headers });
    }
  };
}
