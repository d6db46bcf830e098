/** The platform account: whose it is, how current its containers are, and the way in and out. */
import { useState } from 'react';
import type { Tone } from '../../../shared/condition.ts';
import type { AccountStatus } from '../../../shared/status.ts';
import { ownHelp } from '../../../shared/own-help.ts';
import { useAnswer, useBridge, useCommand, useNow, usePrompt, useSnapshot } from '../../app/context.ts';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { Dot } from '../../ui/dot.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Row, Section } from '../../ui/rows.tsx';
import { agoText } from '../../ui/words.ts';
import { ChoosePlatform } from './choose-platform.tsx';

const states: Readonly<Record<AccountStatus['state'], { tone: Tone; words: string }>> = {
  signed_out: { tone: 'quiet', words: 'Signed out' },
  signing_in: { tone: 'warn', words: 'Waiting for you in the browser' },
  signed_in: { tone: 'good', words: 'Signed in' },
  expired: { tone: 'warn', words: 'Sign-in expired' },
  unknown: { tone: 'bad', words: 'The keychain cannot be asked' },
};

/** With `arriving` there is no way out: whoever has just come in does not want one. */
export function PlatformAccount({ arriving = false }: { arriving?: boolean }) {
  const account = useSnapshot()?.account;
  const bridge = useBridge();
  const prompt = usePrompt();
  const logout = useCommand(() => bridge.core['platform.logout']({}));
  const [elsewhere, setElsewhere] = useState(false);
  if (account === undefined || elsewhere) return <ChoosePlatform onChosen={() => setElsewhere(false)} />;
  const { tone, words } = states[account.state];
  const inside = account.state === 'signed_in';
  return (
    <Section
      title="Platform account"
      action={
        !(inside && arriving) && (
          <div className="flex gap-2">
            {inside && (
              <Button pending={logout.pending && 'Signing out…'} onClick={() => void logout.run(undefined)}>
                Sign out
              </Button>
            )}
            {!inside && <Button onClick={() => setElsewhere(true)}>Another platform…</Button>}
            <Button
              kind={inside ? 'plain' : 'primary'}
              // Of a first sign-in that is under way no platform is known yet but by this.
              onClick={() => prompt({ kind: 'sign-in', fresh: inside, issuer: account.issuer })}
            >
              {inside ? 'Switch account…' : account.state === 'signing_in' ? 'Continue…' : 'Sign in…'}
            </Button>
          </div>
        )
      }
    >
      <Row
        label={
          <Foreign
            text={account.email ?? account.issuer.replace(/^https?:\/\//, '')}
            className="font-medium"
          />
        }
        about={<bdi>{account.issuer}</bdi>}
      >
        <span className="flex items-center gap-1.5">
          <Dot tone={tone} />
          {words}
        </span>
      </Row>
      {inside && <Plan />}
      {inside && account.containers !== undefined && <Currency {...account.containers} />}
      {logout.error !== undefined && <Failed error={logout.error} className="my-2" />}
    </Section>
  );
}

function Plan() {
  const bridge = useBridge();
  // Of another account nothing is shown, not even meanwhile.
  const asked = useAnswer(`account ${useSnapshot()?.signIns ?? ''}`, () =>
    bridge.core['platform.account']({}),
  );
  return (
    <Row label="Plan">
      {asked.value === undefined ? asked.pending ? '…' : '–' : <Foreign text={asked.value.plan_tier} />}
    </Row>
  );
}

function Currency({ state, since, problem }: NonNullable<AccountStatus['containers']>) {
  const now = useNow();
  if (state === 'unreachable') {
    return (
      <Notice tone="warn" title="The platform is out of reach" className="my-2">
        {problem?.message} {ownHelp(problem?.help)} Your containers are shown as they were{' '}
        {agoText(since, now)}, and go on working where they can.
      </Notice>
    );
  }
  const words = {
    loading: 'Being asked for…',
    live: 'Live',
    polling: 'Asked for every 30 s',
  };
  return <Row label="Its containers">{words[state]}</Row>;
}
