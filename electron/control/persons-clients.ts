/** The MCP clients of the person, for the control API: loaded when wanted, and each one's config used by one caller at a time. */
import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';
import type { PersonsMachine } from '../../shared/clients-control.ts';
import { FairleadError } from '../../shared/errors.ts';
import type { Clients } from '../clients/clients.ts';
import { createInTurn, type InTurn } from '../runtime/in-turn.ts';

export interface PersonsClients {
  /** @param given absent: the machine as this process sees it. Throws usage for a home that is no folder's full path. */
  open(given: PersonsMachine | undefined): Promise<Clients>;
  /** By the client. */
  readonly inTurn: InTurn;
}

/** @param backups a folder of the profile */
export function createPersonsClients(backups: string): PersonsClients {
  return {
    async open(given) {
      const { home, env } = given ?? { home: homedir(), env: process.env };
      if (!isAbsolute(home))
        throw new FairleadError('usage', 'The home directory has to be given with its full path.');
      // The parsers are more than all that a core needs for its usual work.
      const { createClients } = await import('../clients/clients.ts');
      return createClients({ platform: process.platform, home, env }, backups);
    },
    inTurn: createInTurn(),
  };
}
