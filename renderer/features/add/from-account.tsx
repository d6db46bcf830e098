/** Containers that the platform account has: they are here by themselves, and show how they are. */
import { CircleUser, Plus } from 'lucide-react';
import { useState } from 'react';
import { conditionOf } from '../../../shared/condition.ts';
import { useGo, usePrompt, useSnapshot } from '../../app/context.ts';
import { kindText } from '../../app/describe.ts';
import { Button } from '../../ui/button.tsx';
import { Dot } from '../../ui/dot.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { Row } from '../../ui/rows.tsx';
import { RegisterServer } from './register-server.tsx';

export function FromAccount() {
  const snapshot = useSnapshot();
  const go = useGo();
  const prompt = usePrompt();
  const account = snapshot?.account;
  const [registering, setRegistering] = useState(false);
  if (snapshot === undefined) return null;
  if (account?.state !== 'signed_in') {
    return (
      <Empty
        icon={CircleUser}
        title="You are not signed in"
        action={
          <Button
            kind="primary"
            onClick={() => (account === undefined ? go({ place: 'accounts' }) : prompt({ kind: 'sign-in' }))}
          >
            Sign in…
          </Button>
        }
      >
        With your platform account, the containers that it hosts and knows appear here by themselves.
      </Empty>
    );
  }
  const own = snapshot.containers.filter(({ container }) => container.platform !== undefined);
  return (
    <div className="flex flex-col gap-3">
      <p className="text-soft">
        The containers of <Foreign text={account.email ?? account.issuer} className="text-text" wraps /> are
        in your list already, and stay as current as the platform has them.
      </p>
      <div className="divide-y divide-line border-y border-line">
        {own.map((status) => {
          const { name } = status.container;
          const { tone, words } = conditionOf(status, snapshot);
          return (
            <Row
              key={name}
              label={<Foreign text={name} className="font-medium" />}
              about={kindText(status.container)}
            >
              <span className="flex items-center gap-1.5">
                <Dot tone={tone} />
                {words}
              </span>
              <Button onClick={() => go({ place: 'containers', container: name })}>
                Open<span className="sr-only"> {name}</span>
              </Button>
            </Row>
          );
        })}
        {own.length === 0 && <p className="py-3 text-soft">The account has no containers yet.</p>}
      </div>
      <Button icon={Plus} className="self-start" onClick={() => setRegistering(true)}>
        Register a server of yours…
      </Button>
      {registering && <RegisterServer onClose={() => setRegistering(false)} />}
    </div>
  );
}
