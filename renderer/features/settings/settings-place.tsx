/** What the person can set, and how Fairlead is set up. */
import { FolderOpen } from 'lucide-react';
import { useState } from 'react';
import type { Preferences } from '../../../shared/desktop.ts';
import { useBridge, useCommand, useDesktop, useNow, useSnapshot, useToast } from '../../app/context.ts';
import { failure } from '../../app/prompt.ts';
import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/page.tsx';
import { Row, Section } from '../../ui/rows.tsx';
import { Segments } from '../../ui/segments.tsx';
import { Switch } from '../../ui/switch.tsx';
import { agoText } from '../../ui/words.ts';
import { DiagnosticsDialog } from './diagnostics-dialog.tsx';
import { LogDialog } from './log-dialog.tsx';
import { Network } from './network.tsx';
import { TimeLimits } from './time-limits.tsx';

export function SettingsPlace() {
  return (
    <Page title="Settings">
      <General />
      <Network />
      <TimeLimits />
      <Keeping />
      <Help />
    </Page>
  );
}

function General() {
  const desktop = useDesktop();
  const bridge = useBridge();
  const toast = useToast();
  if (desktop === undefined) return null;
  const { theme, notifications, launchAtLogin } = desktop.preferences;
  const write = async (change: Partial<Preferences>) => {
    const answer = await bridge.desktop['preferences.write'](change);
    if (!answer.ok) toast(failure(answer.error));
  };
  return (
    <Section title="General">
      <Row label="Open at login" about="Fairlead waits in the menu bar, and clients never wait for it.">
        <Switch
          label="Open at login"
          on={launchAtLogin}
          onChange={(on) => void write({ launchAtLogin: on })}
        />
      </Row>
      <Row label="Notifications" about="Only when you are needed: a sign-in, a changed key, a changed tool.">
        <Switch
          label="Notifications"
          on={notifications}
          onChange={(on) => void write({ notifications: on })}
        />
      </Row>
      <Row label="Appearance">
        <Segments
          label="Appearance"
          value={theme}
          options={[
            ['system', 'System'],
            ['light', 'Light'],
            ['dark', 'Dark'],
          ]}
          onChange={(next) => void write({ theme: next })}
        />
      </Row>
    </Section>
  );
}

function Keeping() {
  const core = useSnapshot()?.core;
  const showFolder = useFolder();
  const now = useNow();
  if (core === undefined) return null;
  const inMemory = core.vault === 'memory';
  return (
    <Section title="On this machine">
      <Row
        label="Keys and tokens"
        about={
          inMemory
            ? 'As FAIRLEAD_VAULT says. They are gone when Fairlead ends.'
            : 'Encrypted by your system. No program gets them through Fairlead.'
        }
      >
        {inMemory ? 'In memory only' : 'In the system’s keychain'}
      </Row>
      <Row label="Profile" about={<span className="selectable font-mono text-2xs">{core.home}</span>}>
        <Button icon={FolderOpen} onClick={() => showFolder('profile')}>
          Show
        </Button>
      </Row>
      <Row label="Core" about={`Process ${core.pid}, started ${agoText(core.startedAt, now)}.`}>
        <span className="tabular">Version {core.version}</span>
      </Row>
    </Section>
  );
}

function Help() {
  const desktop = useDesktop();
  const bridge = useBridge();
  const showFolder = useFolder();
  const [open, setOpen] = useState<'log' | 'diagnostics'>();
  const check = useCommand(() => bridge.desktop['updates.check']({}));
  const [found, setFound] = useState<string>();
  return (
    <Section title="Help">
      <Row label="Log" about="What happened, event by event. Never what a request carried.">
        <Button icon={FolderOpen} onClick={() => showFolder('logs')}>
          Show files
        </Button>
        <Button onClick={() => setOpen('log')}>View…</Button>
      </Row>
      <Row
        label="Diagnostics"
        about="What others need to help you, without secrets. You see it before it is saved."
      >
        <Button onClick={() => setOpen('diagnostics')}>Review and save…</Button>
      </Row>
      <Row
        label="Updates"
        about={found ?? check.error?.message ?? `This is version ${desktop?.version ?? ''}.`}
      >
        <Button
          pending={check.pending && 'Looking…'}
          onClick={() => void check.run(undefined).then((answer) => answer && setFound(answer.summary))}
        >
          Check for updates
        </Button>
      </Row>
      {open === 'log' && <LogDialog onClose={() => setOpen(undefined)} />}
      {open === 'diagnostics' && <DiagnosticsDialog onClose={() => setOpen(undefined)} />}
    </Section>
  );
}

function useFolder(): (folder: 'logs' | 'profile') => void {
  const bridge = useBridge();
  const toast = useToast();
  return (folder) =>
    void bridge.desktop['folder.show']({ folder }).then((answer) => {
      if (!answer.ok) toast(failure(answer.error));
    });
}
