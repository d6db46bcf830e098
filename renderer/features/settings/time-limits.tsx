/** How long a request may take, container by container. */
import { useBridge, useSnapshot, useToast } from '../../app/context.ts';
import { failure } from '../../app/prompt.ts';
import { Choice } from '../../ui/field.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { Row, Section } from '../../ui/rows.tsx';
import { secondsText } from '../../ui/words.ts';

const offered = [10, 30, 60, 120, 300, 600, 1800, 3600];

export function TimeLimits() {
  const bridge = useBridge();
  const toast = useToast();
  const containers = (useSnapshot()?.containers ?? []).filter(({ configured }) => configured);
  const change = async (name: string, timeoutSeconds: number) => {
    const answer = await bridge.core['containers.limit']({ name, timeoutSeconds });
    if (!answer.ok) toast(failure(answer.error));
  };
  return (
    <Section
      title="Time limits"
      about="How long a request may take. Each sign of progress starts the time anew."
    >
      {containers.length === 0 && <Row label="A request to a new container">{secondsText(120)}</Row>}
      {containers.map(({ container: { name, timeoutSeconds, platform } }) => (
        <Row key={name} label={<Foreign text={name} />}>
          {platform === undefined ? (
            <Choice
              aria-label={`Time limit of ${name}`}
              value={String(timeoutSeconds)}
              options={[...new Set([...offered, timeoutSeconds])]
                .sort((one, other) => one - other)
                .map((seconds) => [String(seconds), secondsText(seconds)] as const)}
              onChange={(chosen) => void change(name, Number(chosen))}
              className="w-28"
            />
          ) : (
            <span title="Your platform account’s containers have all the same.">
              {secondsText(timeoutSeconds)}
            </span>
          )}
        </Row>
      ))}
    </Section>
  );
}
