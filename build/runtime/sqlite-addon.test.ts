import { expect, it } from 'vitest';
import { adaptRecipe } from './sqlite-addon.ts';

it('lowers the Node-API level and drops link-time optimisation from the build recipe', () => {
  const recipe = `{ 'defines': ['NAPI_VERSION=10', 'OTHER'], 'cflags_cc': ['-std=c++20', '-flto'], 'ldflags': ['-flto'], 'more': ['-flto', '-Wl,-x'] }`;
  expect(adaptRecipe(recipe)).toBe(
    `{ 'defines': ['NAPI_EXPERIMENTAL', 'NODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT', 'NAPI_VERSION=2147483647', 'OTHER'], 'cflags_cc': ['-std=c++20'], 'ldflags': [], 'more': ['-Wl,-x'] }`,
  );
});

it('says so when the recipe is no longer the one it knows', () => {
  expect(() => adaptRecipe(`{ 'defines': ['NAPI_VERSION=11'] }`)).toThrow(/has changed/);
});
