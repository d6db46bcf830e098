/** A container on loopback, served as an evil test wants it, with everything closed at the test's end. */
import { onTestFinished } from 'vitest';
import { failureOf } from '../../support/web-server.ts';
import {
  discoverer,
  oauthContainer,
  startSite,
  type Discoverer,
  type Routes,
  type Site,
} from '../discovery/site.ts';

export const prm = '/.well-known/oauth-protected-resource/mcp';
export const rfc8414 = '/.well-known/oauth-authorization-server';
export const oidc = '/.well-known/openid-configuration';

export interface EvilSite extends Discoverer {
  readonly site: Site;
  /** What discovering it rejects with. Fails if a word of the site is in it. */
  readonly refusal: (auth?: Routes) => Promise<{ code: string; message: string; help: string }>;
}

/** Every text of the site's that could be repeated should have this in it. */
export const word = 'EVIL';

export async function startEvilSite(routes: (origin: string) => Routes): Promise<EvilSite> {
  const site = await startSite(routes);
  const parts = discoverer();
  onTestFinished(async () => {
    await parts[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });
  return {
    ...parts,
    site,
    async refusal(auth) {
      const container = oauthContainer(site.url, auth);
      const failure = (await failureOf(parts.discover(container))) as Awaited<
        ReturnType<EvilSite['refusal']>
      >;
      if (`${failure.message} ${failure.help}`.includes(word))
        throw new Error('It repeats what the site said.');
      return failure;
    },
  };
}
