import { expect, test } from 'vitest';
import type { Identity } from '../../../../../demo/container/guard/external/provider.ts';
import { createVerdictCache } from '../../../../../demo/container/guard/external/verdict-cache.ts';

const maya: Identity = {
  userId: 'google:1',
  verifiedEmail: undefined,
  permissions: [],
  expiresAt: undefined,
};

function opened(answer: (token: string) => Promise<Identity | undefined>) {
  const asked: string[] = [];
  const identityOf = createVerdictCache({
    keepMs: 60_000,
    ask(token) {
      asked.push(token);
      return answer(token);
    },
  });
  return { asked, identityOf };
}

test('asks once, for those who ask meanwhile too', async () => {
  const { asked, identityOf } = opened(() => Promise.resolve(maya));
  await Promise.all([identityOf('a'), identityOf('a')]);
  expect(await identityOf('a')).toBe(maya);
  expect(asked).toEqual(['a']);
});

test('a token that has ended is asked about again', async () => {
  const ended = { ...maya, expiresAt: Math.floor(Date.now() / 1_000) - 1 };
  const { asked, identityOf } = opened(() => Promise.resolve(ended));
  await identityOf('a');
  await identityOf('a');
  expect(asked).toEqual(['a', 'a']);
});

test('remembers no failure to ask', async () => {
  let isDown = true;
  const { identityOf } = opened(() => (isDown ? Promise.reject(new Error('down')) : Promise.resolve(maya)));
  await expect(identityOf('a')).rejects.toThrow('down');
  isDown = false;
  expect(await identityOf('a')).toBe(maya);
});

test('made-up tokens push out nothing that is known of good ones', async () => {
  const { asked, identityOf } = opened((token) => Promise.resolve(token === 'good' ? maya : undefined));
  await identityOf('good');
  for (let count = 0; count < 3_000; count += 1) expect(await identityOf(`bad ${count}`)).toBeUndefined();
  asked.length = 0;
  await identityOf('good');
  expect(asked).toEqual([]);
  await identityOf('bad 0');
  expect(asked).toEqual(['bad 0']);
});

test('asks about few at once', async () => {
  const { asked, identityOf } = opened(() => new Promise(() => undefined));
  const all = Array.from({ length: 40 }, (_, index) => identityOf(`${index}`));
  await expect(Promise.any(all.slice(32))).rejects.toThrow();
  await expect(all[39]).rejects.toMatchObject({ code: 'overloaded' });
  expect(asked).toHaveLength(32);
});
