/** Outside identity providers that containers are entered with, and whether the person is signed in there. */
import type { ContainerStatus } from '../../../shared/status.ts';
import { usePrompt, useSnapshot } from '../../app/context.ts';
import { providerText } from '../../app/describe.ts';
import { Button } from '../../ui/button.tsx';
import { Dot } from '../../ui/dot.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { Row, Section } from '../../ui/rows.tsx';

export function IdentityProviders() {
  const prompt = usePrompt();
  const containers = useSnapshot()?.containers ?? [];
  const entered = containers.filter(({ container: { auth } }) => auth.method === 'identity');
  return (
    <Section
      title="Identity providers"
      about="Sign-ins of containers that take the tokens of Google, GitHub, Auth0 or another provider."
    >
      {entered.length === 0 && <p className="py-3 text-soft">No container of yours is entered that way.</p>}
      {entered.map((status) => (
        <Row
          key={status.container.name}
          label={<Foreign text={providerOf(status)} className="font-medium" />}
          about={<>for {status.container.name}</>}
        >
          <span className="flex items-center gap-1.5">
            <Dot tone={status.credential === 'present' ? 'good' : 'warn'} />
            {status.credential === 'present' ? 'Signed in' : 'Sign-in needed'}
          </span>
          <Button
            onClick={() =>
              prompt({
                kind: 'sign-in',
                container: status.container.name,
                fresh: status.credential === 'present',
              })
            }
          >
            {status.credential === 'present' ? 'Sign in again…' : 'Sign in…'}
          </Button>
        </Row>
      ))}
    </Section>
  );
}

function providerOf({ container: { auth } }: ContainerStatus): string {
  return auth.method === 'identity' ? providerText(auth.provider) : '';
}
