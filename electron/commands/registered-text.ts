/** What is told to who has registered a server: what was found, which key it is held to, and how it is to be set up. */
import type { Registration, ServerSetup } from '../../shared/platform-control.ts';
import { plainLine, plainText } from './plain-text.ts';

export function registeredText({ row, name, probe, pinned, setup }: Registration): string {
  const called = name ?? row.name;
  return plainText(
    [
      `Registered ${called}: ${row.mcp_endpoint}`,
      plainLine(probe.summary),
      pinned === undefined
        ? 'Its key is not pinned.'
        : `Its key is pinned: ${pinned}. With another key nothing is sent to it until you have decided (fairlead pin accept ${called}).`,
      '',
      'Its server has to be set up for it. The reference container takes this config.yaml:',
      '',
      setup.config.replace(/^/gm, '  '),
      '',
      ...inOtherWords(setup, called),
      '',
      `Then try it: fairlead tools ${called}`,
    ].join('\n'),
  );
}

function inOtherWords(setup: ServerSetup, name: string): string[] {
  const { authMethod, issuer, jwksUrl, audience, userId, containerId, authority } = setup;
  switch (authMethod) {
    case 'platform_token':
      return [
        'Any other server lets a request in whose Bearer token is a JWT that',
        `  is signed with a key of ${jwksUrl} (ES256),`,
        `  has the issuer (iss) ${issuer}, the audience (aud) ${audience} and the subject (sub) ${userId},`,
        '  and has not expired.',
      ];
    case 'mtls':
      return [
        'Any other server lets a connection in whose client certificate is of the platform’s authority and has in its',
        'subject alternative names the URIs',
        `  urn:fairlead:user:${userId}`,
        `  urn:fairlead:client-of:${containerId}`,
        '',
        ...(authority === undefined
          ? ['platform-ca.pem is the certificate of that authority; whoever runs the platform has it.']
          : ['That authority, for platform-ca.pem:', '', authority.trim()]),
      ];
    case 'api_key':
      return [
        'Make a key there with `container token create fairlead` (any other server: a key that it takes as Bearer),',
        `and give it to Fairlead once: fairlead auth ${name} --secret-stdin`,
      ];
  }
}
