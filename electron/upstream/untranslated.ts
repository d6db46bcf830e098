/** Where the two eras of MCP meet: what is told to a client whose container is of the other one. */
import { FairleadError } from '../../shared/errors.ts';

/** To a modern request: the container takes `initialize` only. */
export function containerTooOld(): FairleadError {
  return new FairleadError(
    'container_too_old',
    'The container speaks an older protocol than this client asks for: it knows no MCP 2026-07-28.',
    { help: 'Let the client begin with `initialize`, as clients do that know both.' },
  );
}

/** To `initialize`: the container takes modern requests only. */
export function containerTooNew(): FairleadError {
  return new FairleadError(
    'container_too_new',
    'The container speaks only MCP 2026-07-28 or newer, which this client does not.',
    { help: 'Update the client.' },
  );
}
