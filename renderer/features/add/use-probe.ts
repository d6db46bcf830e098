/** Looks at an address while it is typed: once the person pauses, and only what was typed last counts. */
import { useEffect, useState } from 'react';
import type { ProbeReport } from '../../../shared/container.ts';
import type { CommandInput } from '../../../shared/control.ts';
import type { ErrorReport } from '../../../shared/errors.ts';
import { useBridge } from '../../app/context.ts';
import { addressOf, requestOf, type DraftForm } from './draft-form.ts';

export type Probe =
  | { readonly status: 'idle' }
  | { readonly status: 'probing' }
  | { readonly status: 'found'; readonly report: ProbeReport }
  | { readonly status: 'failed'; readonly error: ErrorReport };

type ProbeInput = CommandInput<'containers.probe'>;

const pauseMs = 500;

/** @param allowed whether the person has seen the address, which may be from a link of anybody's */
export function useProbe(form: DraftForm, allowed: boolean): { probe: Probe; again: () => void } {
  const bridge = useBridge();
  const [last, setLast] = useState<{ asked: string; round: number; probe: Probe }>();
  const [round, setRound] = useState(0);
  const { draft, secret, passphrase } = requestOf(form);
  // How it is entered does not matter to what is found, except for a key, which is sent along.
  const input: ProbeInput = {
    draft: { ...draft, auth: undefined },
    ...(secret !== undefined && { secret }),
    ...(passphrase !== undefined && { passphrase }),
  };
  const asked = JSON.stringify(input);
  const ready = allowed && addressOf(form.url) !== undefined;
  useEffect(() => {
    if (!ready) return undefined;
    let current = true;
    const timer = setTimeout(() => {
      void bridge.core['containers.probe'](JSON.parse(asked) as ProbeInput).then((answer) => {
        if (!current) return;
        const probe: Probe = answer.ok
          ? { status: 'found', report: answer.output }
          : { status: 'failed', error: answer.error };
        setLast({ asked, round, probe });
      });
    }, pauseMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [asked, bridge, ready, round]);
  const probe: Probe = !ready
    ? { status: 'idle' }
    : last?.asked === asked && last.round === round
      ? last.probe
      : { status: 'probing' };
  return { probe, again: () => setRound(round + 1) };
}
