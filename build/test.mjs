import { withNewNode } from './node-version.mjs';

await withNewNode(() => import('./test/main.ts'));
