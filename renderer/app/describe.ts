/** What a container is, in words; pure. */
import type { Container } from '../../shared/container.ts';

/** Where it comes from. */
export function kindText({ platform }: Container): string {
  if (platform === undefined) return 'Added';
  return platform.type === 'hosted' ? 'Hosted' : 'External';
}

/** How one enters it, in a few words. */
export function entryText({ auth, tls }: Pick<Container, 'auth' | 'tls'>): string {
  switch (auth.method) {
    case 'none':
      return tls.clientCertificate === undefined && tls.cert === undefined && tls.pkcs12 === undefined
        ? 'No sign-in'
        : 'Client certificate';
    case 'api_key':
      return 'API key';
    case 'oauth':
      return 'Sign-in';
    case 'identity':
      return `${providerText(auth.provider)} sign-in`;
    case 'client_credentials':
      return 'Client credentials';
    case 'platform_token':
      return 'Account';
  }
}

export function providerText(provider: string): string {
  const names: Readonly<Partial<Record<string, string>>> = {
    google: 'Google',
    auth0: 'Auth0',
    github: 'GitHub',
  };
  return names[provider] ?? provider.replace(/^https?:\/\//, '');
}

/** Whether signing in and out is something one does here. */
export function hasSignIn({ auth }: Pick<Container, 'auth'>): boolean {
  return auth.method === 'oauth' || auth.method === 'identity' || auth.method === 'client_credentials';
}
