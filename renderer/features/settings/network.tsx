/** By which proxy containers are reached, and whom their servers' certificates are believed from. */
import { useState } from 'react';
import type { NetworkSettings } from '../../../shared/settings.ts';
import { useAnswer, useBridge, useCommand } from '../../app/context.ts';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Row, Section } from '../../ui/rows.tsx';
import { Segments } from '../../ui/segments.tsx';

type ProxyUse = 'system' | 'none' | 'own';

export function Network() {
  const bridge = useBridge();
  const known = useAnswer('network', () => bridge.core['network.show']({}));
  const write = useCommand(async (next: NetworkSettings) => {
    const answer = await bridge.core['network.write'](next);
    if (answer.ok) known.reload();
    return answer;
  });
  const [editing, setEditing] = useState(false);
  const settings = known.value;
  const { proxy, ca } = settings ?? {};
  const use: ProxyUse = editing ? 'own' : (proxy?.use ?? 'system');
  const chooseUse = (next: ProxyUse) => {
    write.clear();
    setEditing(next === 'own');
    if (next === 'own' || next === use) return;
    void write.run({ ...(ca !== undefined && { ca }), ...(next === 'none' && { proxy: { use: next } }) });
  };
  const save = async (own: NonNullable<NetworkSettings['proxy']>) => {
    const done = await write.run({ ...(ca !== undefined && { ca }), proxy: own });
    if (done !== undefined) setEditing(false);
  };
  const chooseAuthorities = async () => {
    const chosen = await bridge.desktop['file.choose']({ purpose: 'ca' });
    if (chosen.ok && chosen.output.path !== undefined)
      await write.run({ ...(proxy !== undefined && { proxy }), ca: chosen.output.path });
  };
  return (
    <Section title="Network">
      <Row label="Proxy" about={proxyWords[use]}>
        <Segments
          label="Proxy"
          value={use}
          options={[
            ['system', 'System'],
            ['none', 'None'],
            ['own', 'Own'],
          ]}
          onChange={chooseUse}
        />
      </Row>
      {use === 'own' && settings !== undefined && (
        <OwnProxy
          key={proxy?.use === 'own' ? `${proxy.url} ${proxy.except ?? ''}` : ''}
          url={proxy?.use === 'own' ? proxy.url : ''}
          except={proxy?.use === 'own' ? (proxy.except ?? '') : ''}
          pending={write.pending}
          onSave={(url, except) => void save({ use: 'own', url, ...(except !== '' && { except }) })}
        />
      )}
      <Row
        label="Certificate authorities"
        about={
          ca === undefined
            ? 'Those of your system, and of NODE_EXTRA_CA_CERTS. A container can have one of its own.'
            : 'Those of your system, and of the file beside. A container can have one of its own.'
        }
      >
        {ca !== undefined && (
          <>
            <bdi className="selectable max-w-48 truncate font-mono text-2xs" title={ca}>
              {ca.split(/[/\\]/).at(-1)}
            </bdi>
            <Button onClick={() => void write.run(proxy === undefined ? {} : { proxy })}>Remove</Button>
          </>
        )}
        <Button onClick={() => void chooseAuthorities()}>{ca === undefined ? 'Add…' : 'Change…'}</Button>
      </Row>
      {known.error !== undefined && (
        <Failed error={known.error} title="It could not be read" onRetry={known.reload} className="my-2" />
      )}
      {write.error !== undefined && <Failed error={write.error} title="It was not changed" />}
    </Section>
  );
}

const proxyWords: Readonly<Record<ProxyUse, string>> = {
  system: 'As HTTPS_PROXY, HTTP_PROXY and NO_PROXY say, with which Fairlead was started.',
  none: 'Every container is reached directly.',
  own: 'Every container but those of this machine is reached through it.',
};

interface OwnProxyProps {
  readonly url: string;
  readonly except: string;
  readonly pending: boolean;
  readonly onSave: (url: string, except: string) => void;
}

function OwnProxy({ url, except, pending, onSave }: OwnProxyProps) {
  const [typed, setTyped] = useState({ url, except });
  const changed = typed.url !== url || typed.except !== except;
  const address = /^https?:\/\//i.test(typed.url) ? typed.url : `http://${typed.url}`;
  const hasPassword = /^\w+:\/\/[^/?#]*@/.test(address);
  const usable = typed.url !== '' && URL.canParse(address) && !hasPassword;
  return (
    <form
      className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto] items-start gap-3 py-3 max-sm:grid-cols-1"
      onSubmit={(event) => {
        event.preventDefault();
        if (usable) onSave(address, typed.except.trim());
      }}
    >
      <TextField
        label="Address"
        value={typed.url}
        onChange={(next) => setTyped({ ...typed, url: next })}
        placeholder="http://proxy.example.com:3128"
        error={hasPassword ? 'Without a password: it would stand in a file.' : undefined}
        mono
      />
      <TextField
        label="Not for"
        value={typed.except}
        onChange={(next) => setTyped({ ...typed, except: next })}
        placeholder="intranet.example.com, 10.0.0.0/8"
        mono
      />
      <Button
        type="submit"
        kind="primary"
        className="mt-5 min-h-8"
        disabled={!usable || !changed}
        pending={pending && 'Saving…'}
      >
        Save
      </Button>
    </form>
  );
}
