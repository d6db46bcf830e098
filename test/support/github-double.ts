/** The demo's double of GitHub, for one test. */
import { onTestFinished } from 'vitest';
import { startGitHubDouble as start, type GitHubDouble } from '../../demo/github-double.ts';

export async function startGitHubDouble(): Promise<GitHubDouble> {
  const double = await start();
  onTestFinished(() => double[Symbol.asyncDispose]());
  return double;
}
