/** Which function answers which command of the control API. */
import type { Examination } from '../../shared/control.ts';
import type { Listeners } from '../runtime/listeners.ts';
import type { ControlDeps } from './deps.ts';
import { createAuthHandlers } from './auth-handlers.ts';
import { createClientHandlers } from './client-handlers.ts';
import { createPlatformContainerHandlers } from './platform-container-handlers.ts';
import { createPlatformHandlers } from './platform-handlers.ts';
import { createTokenHandlers } from './token-handlers.ts';
import { createContainerHandlers } from './container-handlers.ts';
import { createImportHandlers } from './import-handlers.ts';
import { createNetworkHandlers } from './network-handlers.ts';
import { createPersonsClients } from './persons-clients.ts';
import { createPinHandlers } from './pin-handlers.ts';
import { createPolicyHandlers } from './policy-handlers.ts';
import { diagnose } from './doctor.ts';
import type { Handlers } from './handler-types.ts';
import { createToolHandlers } from './tool-handlers.ts';

/** Told while the doctor is at work. */
export type Examinations = Listeners<[Examination]>;

export function createHandlers(deps: ControlDeps, examinations: Examinations): Handlers {
  const { observatory, registry } = deps;
  const persons = createPersonsClients(deps.backups);
  return {
    ...createContainerHandlers(deps),
    ...createAuthHandlers(deps),
    ...createPlatformHandlers(deps),
    ...createPlatformContainerHandlers(deps),
    ...createTokenHandlers(deps),
    ...createPinHandlers(deps),
    ...createPolicyHandlers(deps),
    ...createClientHandlers(deps, persons),
    ...createImportHandlers(deps, persons),
    ...createToolHandlers(deps),
    ...createNetworkHandlers(deps),
    status: () => observatory.snapshot(),
    'core.info': async () => (await observatory.snapshot()).core,
    async 'core.reconnect'() {
      await deps.reconnect();
      return {};
    },
    'core.stop': () => {
      // The answer leaves first: it is written before this turn of the event loop ends.
      setTimeout(() => deps.stop(), 20);
      return { pid: process.pid };
    },
    doctor: ({ name }) =>
      name === undefined
        ? diagnose(deps, undefined)
        : diagnose(deps, registry.named(name), (layers) => examinations.tell({ name, layers })),
    activity: ({ last }) => observatory.activity(last),
    logs: ({ last }) => deps.logs.last(last),
    audit: ({ last }) => deps.audit.read(last),
  };
}
