import '../app/zod-without-eval.ts';

// Everything that makes schemas comes after, in files of its own: a bundler may run shared pieces of one file in another order.
void import('./main.tsx');
