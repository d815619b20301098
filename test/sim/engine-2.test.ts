import { describe } from 'vitest';
import { scenariosTest } from './scenarios.ts';

describe('the whole engine in more simulated worlds', () => {
  scenariosTest(1_001, 1_000);
});
