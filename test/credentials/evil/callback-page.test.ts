import { expect, test } from 'vitest';
import { openTestCallback, state, visit } from '../../support/callback.ts';

/** Text in the callback's query that wants to be shown, or run, at the callback's origin. */
test('shows the same page whatever comes with the request, and lets it run nothing', async () => {
  const pages = await Promise.all(
    ['<script>alert(1)</script>', 'plain'].map(async (text) => {
      const { port } = await openTestCallback();
      const description = encodeURIComponent(text);
      return visit(port, `/callback?error=access_denied&error_description=${description}&state=${state}`);
    }),
  );
  expect(pages[0]!.text).toBe(pages[1]!.text);
  expect(pages[0]!.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
  expect(pages[0]!.headers['cache-control']).toBe('no-store');
  expect(pages[0]!.headers['referrer-policy']).toBe('no-referrer');
});
