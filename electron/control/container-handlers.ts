/** Containers as the control API changes them: probed, added with their secret, removed with all that was kept. */
import { signsIn, type Authentication, type Container, type ProbeReport } from '../../shared/container.ts';
import { FairleadError } from '../../shared/errors.ts';
import { nameTaken } from '../containers/taken-name.ts';
import { containerOf } from '../containers/draft.ts';
import { policyKey } from '../containers/registry.ts';
import { ruleEvent } from './policy-handlers.ts';
import { statusOf } from '../platform/live-containers.ts';
import { Secret } from '../runtime/secret.ts';
import type { ControlDeps, GivenSecrets } from './deps.ts';
import { subjectOf } from './audit-log.ts';
import type { Handlers, ParsedInput } from './handler-types.ts';

type ContainerHandlers = Pick<
  Handlers,
  'containers.list' | 'containers.probe' | 'containers.add' | 'containers.remove' | 'containers.limit'
>;

const asBearer: Authentication = { method: 'api_key', header: 'Authorization' };

export function createContainerHandlers(deps: ControlDeps): ContainerHandlers {
  const { live, registry } = deps;
  return {
    'containers.list': () =>
      registry.list().map((container) => {
        const status = container.platform && statusOf(live, container.platform.id);
        return { ...container, ...(status !== undefined && { status }) };
      }),
    'containers.probe': (input) => {
      const given = givenIn(input);
      return deps.probe(asStranger(containerOf('probe', input.draft, authOf(given.secret))), given);
    },
    'containers.add': (input) => {
      const { name, draft, probe } = input;
      return addContainer(deps, { name, draft, probe, ...givenIn(input) });
    },
    'containers.remove': ({ name }) => removeContainer(deps, name),
    'containers.limit'({ name, timeoutSeconds }) {
      const container = { ...registry.named(name), timeoutSeconds };
      registry.replace(container);
      return container;
    },
  };
}

export type NewContainer = Pick<ParsedInput<'containers.add'>, 'name' | 'draft' | 'probe'> & GivenSecrets;

/** @throws FairleadError usage, container_exists, keychain errors: then nothing is kept of it */
export function addContainer(
  deps: Pick<ControlDeps, 'registry' | 'inTurn' | 'broker' | 'probe' | 'pins' | 'audit'>,
  input: NewContainer,
): Promise<Added> {
  return deps.inTurn(input.name, () => add(deps, input));
}

interface Added {
  readonly container: Container;
  readonly probe?: ProbeReport;
}

async function add(deps: Parameters<typeof addContainer>[0], input: NewContainer): Promise<Added> {
  const { registry, broker } = deps;
  const { secret, passphrase } = input;
  const first = containerOf(input.name, input.draft, authOf(secret));
  if (secret !== undefined && first.auth.method === 'none') {
    throw new FairleadError('usage', 'A container that is entered without a key takes no secret.', {
      help: 'Leave out --auth none, or the secret.',
    });
  }
  refuseTaken(registry, input.name);
  const report = input.probe
    ? await look(deps, first, { passphrase, secret: signsIn(first) ? undefined : secret })
    : undefined;
  const container = { ...first, auth: input.draft.auth ?? authAfter(report, first.auth) };
  // The person may have written it into the file while the server was asked.
  refuseTaken(registry, input.name);
  const owner = { container, configured: true };
  try {
    if (secret !== undefined) await broker.store(owner, secret);
    if (passphrase !== undefined) await broker.storePassphrase(owner, passphrase);
    registry.add(container);
    if (input.draft.tools !== undefined) registry.setPolicy(container, { tools: input.draft.tools });
  } catch (thrown) {
    if (secret !== undefined || passphrase !== undefined) await broker.forget(owner).catch(() => undefined);
    throw thrown;
  }
  deps.audit.append({ kind: 'container', ...subjectOf(container), change: 'added' });
  for (const rule of input.draft.tools ?? [])
    deps.audit.append({ kind: 'policy', ...subjectOf(container), ...ruleEvent(rule) });
  return report === undefined ? { container } : { container, probe: report };
}

/** Sessions end while they still can be ended in due form, with the credential; only then is that deleted. */
export function removeContainer(
  deps: Pick<ControlDeps, 'registry' | 'inTurn' | 'broker' | 'retire' | 'definitions' | 'programs' | 'audit'>,
  name: string,
): Promise<Container> {
  return deps.inTurn(name, () => remove(deps, name));
}

async function remove(deps: Parameters<typeof removeContainer>[0], name: string): Promise<Container> {
  const { registry, broker } = deps;
  const container = registry.remove(name);
  try {
    await deps.retire(container);
    await broker.forget({ container, configured: true });
    registry.setPolicy(container, undefined);
    deps.definitions.forget(policyKey(container));
    deps.programs.forget(policyKey(container));
  } catch (thrown) {
    // A secret is left behind: the container stays, so that it can be removed again once the keychain is there.
    registry.add(container);
    throw thrown;
  }
  deps.audit.append({ kind: 'container', ...subjectOf(container), change: 'removed' });
  return container;
}

/** What the server is, and the key that could be trusted on first use where none is pinned. */
async function look(
  deps: Pick<ControlDeps, 'probe' | 'pins'>,
  container: Container,
  given: GivenSecrets,
): Promise<ProbeReport> {
  const report = await deps.probe(asStranger(container), given);
  const { url, tls } = container;
  if (report.outcome === 'unreachable' || !url.startsWith('https:') || tls.pins !== undefined) return report;
  const key = await deps.pins.keyOf(container).catch(() => undefined);
  return { ...report, ...(key !== undefined && { key }) };
}

function refuseTaken(registry: ControlDeps['registry'], name: string): void {
  const other = registry.get(name);
  if (other !== undefined) throw nameTaken(other);
}

function givenIn(input: { secret?: string | undefined; passphrase?: string | undefined }): GivenSecrets {
  const secretOf = (text: string | undefined) => (text === undefined ? undefined : new Secret(text));
  return { secret: secretOf(input.secret), passphrase: secretOf(input.passphrase) };
}

function authOf(secret: Secret | undefined): Authentication {
  return secret === undefined ? { method: 'none' } : asBearer;
}

/** A probe never opens a browser. */
function asStranger(container: Container): Container {
  return signsIn(container) ? { ...container, auth: { method: 'none' } } : container;
}

/** A server that asks for a sign-in gets one, unless a key was given; what asks for anything else gets a key. */
function authAfter(report: ProbeReport | undefined, otherwise: Authentication): Authentication {
  if (report?.outcome !== 'auth_required') return otherwise;
  const wantsSignIn = report.challenge === 'oauth' && otherwise.method === 'none';
  return wantsSignIn ? { method: 'oauth', grant: 'code' } : asBearer;
}
