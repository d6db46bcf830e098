/** Which public keys a server is held to. */
import type { Container } from '../../../shared/container.ts';
import { useBridge, useCommand, useToast } from '../../app/context.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { Row } from '../../ui/rows.tsx';

export function Pins({ container }: { container: Container }) {
  const { name, tls, url, platform } = container;
  const bridge = useBridge();
  const toast = useToast();
  const accept = useCommand(bridge.core['pins.accept']);
  const pins = tls.pins ?? [];
  const secure = url.startsWith('https:');
  const pinNow = async () => {
    if ((await accept.run({ name })) === undefined) return;
    toast({ tone: 'good', words: `${name} is held to the key that it has now.` });
  };
  if (pins.length > 0) {
    return (
      <Row label="Pinned keys" about="Nothing is sent to a server that shows another one.">
        <ul className="flex min-w-0 flex-col">
          {pins.map((pin) => (
            <li key={pin} className="flex min-w-0 items-center gap-1">
              <span className="selectable truncate font-mono text-2xs" title={pin}>
                {pin}
              </span>
              <CopyButton text={pin} label="Copy pin" />
            </li>
          ))}
        </ul>
      </Row>
    );
  }
  return (
    <Row
      label="Pinned keys"
      about={
        secure
          ? 'None: any key that a known authority vouches for is taken.'
          : 'None: what is on this machine needs no encryption.'
      }
    >
      {secure && platform?.type !== 'hosted' && (
        <Button pending={accept.pending && 'Looking at its key…'} onClick={() => void pinNow()}>
          Pin its key
        </Button>
      )}
      {accept.error !== undefined && <Failed error={accept.error} />}
    </Row>
  );
}
