/** The gateway's connections to hosted containers: the platform's certificate one way, the container's checked the other. */
import { Agent } from 'node:https';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { type Authority } from '../authority/authority.ts';
import { names } from '../../tokens/names.ts';

export interface Inside {
  /** For requests to this container alone. */
  agent(containerId: string): Promise<Agent>;
  close(): void;
}

const certificateHours = 24;
const renewedBeforeMs = 6 * 60 * 60_000;
/** Below the 5 s after which a container's server closes an idle connection: a request must not meet that. */
const idleMs = 3_000;

export function createInside(authority: Authority): Inside {
  let own: ReturnType<Authority['issue']> | undefined;
  let endsAtMs = 0;
  const agents = new Map<string, Agent>();

  const certificate = async () => {
    if (own === undefined || endsAtMs - renewedBeforeMs < Date.now()) {
      endsAtMs = Date.now() + certificateHours * 60 * 60_000;
      const issued = authority.issue({
        commonName: 'Platform gateway',
        uri: [names.platform],
        use: 'client',
        hours: certificateHours,
      });
      own = issued;
      // New connections only: a stream goes on with the certificate that it began with.
      agents.clear();
      issued.catch(() => (own = undefined));
    }
    return own;
  };

  return {
    async agent(containerId) {
      const { certificate: cert, key } = await certificate();
      const known = agents.get(containerId);
      if (known !== undefined) return known;
      const agent = new Agent({
        ...{ ca: authority.chain, cert, key, minVersion: 'TLSv1.3' },
        checkServerIdentity: (host, peer) => checkServerIdentity(host, peer) ?? isNamed(peer, containerId),
        // Node does not check the name again where a session is resumed.
        maxCachedSessions: 0,
        keepAlive: true,
        timeout: idleMs,
      });
      agents.set(containerId, agent);
      return agent;
    },
    close() {
      for (const agent of agents.values()) agent.destroy();
      agents.clear();
    },
  };
}

/** One container must not answer for another, though the same authority vouches for both. */
function isNamed({ subjectaltname = '' }: PeerCertificate, containerId: string): Error | undefined {
  const isIts = subjectaltname.split(', ').includes(`URI:${names.container(containerId)}`);
  return isIts ? undefined : new Error('the certificate names another container');
}
