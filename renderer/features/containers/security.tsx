/** How a container is entered and held to its key, and which programs may use it. */
import type { ContainerStatus } from '../../../shared/status.ts';
import { useBridge, usePrompt, useToast } from '../../app/context.ts';
import { entryText, hasSignIn } from '../../app/describe.ts';
import { failure } from '../../app/prompt.ts';
import { Button } from '../../ui/button.tsx';
import { plain } from '../../ui/plain.ts';
import { Row, Section } from '../../ui/rows.tsx';
import { Consents } from './consents.tsx';
import { Pins } from './pins.tsx';
import { useDoctor } from './use-doctor.ts';

const credentials: Readonly<Record<ContainerStatus['credential'], string>> = {
  not_needed: 'Nothing is needed to enter it',
  present: 'Kept',
  missing: 'Missing',
  expired: 'Expired',
  signing_in: 'Waiting for you in the browser',
  unknown: 'The keychain cannot be asked',
};

export function Security({ status }: { status: ContainerStatus }) {
  const { container, credential } = status;
  const { name, auth, tls } = container;
  const doctor = useDoctor(status);
  const found = (layer: 'token' | 'tls') => doctor.value?.find((each) => each.layer === layer)?.detail;
  const certificate =
    tls.clientCertificate === 'platform'
      ? 'Issued by your account’s platform, anew each day'
      : (tls.cert ?? tls.pkcs12);
  return (
    <div className="flex flex-col gap-6">
      <Section title="Entry" action={<EntryActions status={status} />}>
        <Row label="Entered with">{entryText(container)}</Row>
        {auth.method !== 'none' && (
          <Row label={auth.method === 'api_key' ? 'Key' : 'Sign-in'} about={found('token')}>
            {credential === 'present' && auth.method !== 'api_key' ? 'Signed in' : credentials[credential]}
          </Row>
        )}
        {'scope' in auth && auth.scope !== undefined && (
          <Row label="Scopes">
            <span className="selectable font-mono text-xs wrap-anywhere">{plain(auth.scope)}</span>
          </Row>
        )}
        {certificate !== undefined && (
          <Row label="Client certificate">
            <span className="selectable wrap-anywhere">{certificate}</span>
          </Row>
        )}
      </Section>
      <Section title="Server">
        <Row
          label="Encryption"
          about={found('tls') ?? (doctor.pending ? 'Looking at its certificate…' : undefined)}
        />
        <Pins container={container} />
      </Section>
      <Consents name={name} />
    </div>
  );
}

function EntryActions({ status: { container, credential } }: { status: ContainerStatus }) {
  const bridge = useBridge();
  const prompt = usePrompt();
  const toast = useToast();
  const { name } = container;
  if (container.auth.method === 'api_key')
    return (
      <Button onClick={() => prompt({ kind: 'key', container: name })}>
        {credential === 'present' ? 'Replace key…' : 'Enter key…'}
      </Button>
    );
  if (!hasSignIn(container)) return null;
  const present = credential === 'present';
  return (
    <div className="flex gap-2">
      {present && (
        <Button
          onClick={() =>
            void bridge.core['auth.forget']({ name }).then((answer) =>
              toast(answer.ok ? { tone: 'good', words: `Signed out of ${name}.` } : failure(answer.error)),
            )
          }
        >
          Sign out
        </Button>
      )}
      <Button onClick={() => prompt({ kind: 'sign-in', container: name, fresh: present })}>
        {present ? 'Sign in again…' : 'Sign in…'}
      </Button>
    </div>
  );
}
