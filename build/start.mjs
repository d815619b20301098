import { withNewNode } from './node-version.mjs';

await withNewNode(() => import('./start/main.ts'));
