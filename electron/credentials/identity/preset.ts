/** What is known of an identity provider beforehand, as data: where it is, what it wants, what people create there. */
import type { AuthorizationServer } from 'oauth4webapi';
import type { IdentityAuthentication } from '../../../shared/container.ts';

export interface IdentityPreset {
  /** As people know it. */
  readonly title: string;
  /** `{domain}` and `{provider}` stand for what the person gives. Its metadata is read there. */
  readonly issuer: string;
  /** Of a provider without metadata, all of what it would say. */
  readonly server?: AuthorizationServer;
  /** Asked for unless the person names others; `offline_access` comes to it where it is offered. */
  readonly scope: string;
  /** Tokens that a container may be given, the usual one first. */
  readonly presents: readonly [Presented, ...Presented[]];
  /** Sent to the authorization endpoint, in the browser, besides what OAuth has. */
  readonly browserParameters: Readonly<Record<string, string>>;
  /** Options that it knows. */
  readonly takes: readonly ('domain' | 'audience')[];
  /** Those of them that it cannot do without; an ID token never needs an audience, as the client is that. */
  readonly needs: readonly ('domain' | 'audience')[];
  /** Grants that it wants a client secret for. */
  readonly secretFor: readonly Grant[];
  /** Where the person names none. */
  readonly grant: (hasSecret: boolean) => Grant;
  /** What the person creates at the provider, and where. */
  readonly create: string;
}

export type Presented = NonNullable<IdentityAuthentication['present']>;
export type Grant = IdentityAuthentication['grant'];
