/** Where the two eras of MCP meet: what is told to a client whose container is of the other one. */
import { FairleadError } from '../../../shared/errors.ts';

/** To `initialize`: the container takes modern requests only. */
export function containerTooNew(): FairleadError {
  return new FairleadError(
    'container_too_new',
    'The container speaks only MCP 2026-07-28 or newer, which this client does not.',
    { help: 'Update the client.' },
  );
}
