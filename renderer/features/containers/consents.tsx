/** Whether programs have to ask before they use a container, and what they have been told. */
import { useAnswer, useBridge, useSnapshot, useToast } from '../../app/context.ts';
import { failure } from '../../app/prompt.ts';
import { Button } from '../../ui/button.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { Row, Section } from '../../ui/rows.tsx';
import { Switch } from '../../ui/switch.tsx';
import type { Result } from '../../../shared/desktop.ts';

export function Consents({ name }: { name: string }) {
  const bridge = useBridge();
  const toast = useToast();
  const shown = useAnswer(`policy ${name}`, () => bridge.core['policy.show']({ name }));
  const pending = (useSnapshot()?.pendingConsents ?? []).filter(({ container }) => container === name);
  const change = async (asked: Promise<Result<unknown>>) => {
    const answer = await asked;
    if (!answer.ok) toast(failure(answer.error));
    shown.reload();
  };
  const decide = (program: string, allowed: boolean) =>
    void change(bridge.core['consent.decide']({ name, program, allowed }));
  if (shown.value === undefined) return null;
  const { consent = 'allow', consents = [] } = shown.value.policy;
  return (
    <Section title="Programs">
      <Row
        label="Ask me first"
        about="A program that is new to this container waits until you have allowed it."
      >
        <Switch
          label="Ask me first"
          on={consent === 'ask'}
          onChange={(on) => void change(bridge.core['consent.mode']({ name, consent: on ? 'ask' : 'allow' }))}
        />
      </Row>
      {pending.map(({ program, path = '' }) => (
        <Row key={`${program} ${path}`} label={<Foreign text={program} />} about={<Foreign text={path} />}>
          <span className="text-warn">Waits for you</span>
          <Button onClick={() => decide(program, false)}>Don’t allow</Button>
          <Button kind="primary" onClick={() => decide(program, true)}>
            Allow
          </Button>
        </Row>
      ))}
      {consents.map(({ program, path = '', allowed }) => (
        <Row key={`${program} ${path}`} label={<Foreign text={program} />} about={<Foreign text={path} />}>
          <span>{allowed ? 'Allowed' : 'Not allowed'}</span>
          <Switch label={`Let ${program} use ${name}`} on={allowed} onChange={(on) => decide(program, on)} />
        </Row>
      ))}
    </Section>
  );
}
