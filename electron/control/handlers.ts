/** Which function answers which command of the control API. */
import type { ControlDeps } from './deps.ts';
import { createAuthHandlers } from './auth-handlers.ts';
import { createPlatformContainerHandlers } from './platform-container-handlers.ts';
import { createPlatformHandlers } from './platform-handlers.ts';
import { createTokenHandlers } from './token-handlers.ts';
import { createContainerHandlers } from './container-handlers.ts';
import { createPinHandlers } from './pin-handlers.ts';
import { diagnose } from './doctor.ts';
import type { Handlers } from './handler-types.ts';
import { withTrial } from './with-trial.ts';

export function createHandlers(deps: ControlDeps): Handlers {
  const { observatory, registry } = deps;
  return {
    ...createContainerHandlers(deps),
    ...createAuthHandlers(deps),
    ...createPlatformHandlers(deps),
    ...createPlatformContainerHandlers(deps),
    ...createTokenHandlers(deps),
    ...createPinHandlers(deps),
    status: () => observatory.snapshot(),
    'core.info': async () => (await observatory.snapshot()).core,
    'core.stop': () => {
      // The answer leaves first: it is written before this turn of the event loop ends.
      setTimeout(() => deps.stop(), 20);
      return { pid: process.pid };
    },
    'tools.list': ({ name }) =>
      withTrial(deps, registry.named(name), async (trial) => ({ tools: await trial.listTools() })),
    'tools.call': ({ name, tool, arguments: args }) =>
      withTrial(deps, registry.named(name), async (trial) => ({ result: await trial.callTool(tool, args) })),
    doctor: ({ name }) => diagnose(deps, name === undefined ? undefined : registry.named(name)),
    logs: ({ last }) => deps.logs.last(last),
    audit: ({ last }) => deps.audit.read(last),
  };
}
