/** The first run: sign in or not, a container, a client; and then it is done. */
import { useState, type ReactNode } from 'react';
import { useBridge, useSnapshot, useToast } from '../../app/context.ts';
import { Mark } from '../../app/mark.tsx';
import { failure } from '../../app/prompt.ts';
import { Button } from '../../ui/button.tsx';
import { FromUrl } from '../add/from-url.tsx';
import { PlatformAccount } from '../accounts/platform-account.tsx';
import { ContainerChoice } from './container-choice.tsx';
import { ClientChoice } from './client-choice.tsx';

const steps = ['Account', 'Containers', 'Clients'] as const;

export function Welcome() {
  const [step, setStep] = useState(0);
  const bridge = useBridge();
  const snapshot = useSnapshot();
  const signedIn = snapshot?.account?.state === 'signed_in';
  const any = (snapshot?.containers.length ?? 0) > 0;
  const toast = useToast();
  const finish = async () => {
    const answer = await bridge.desktop['preferences.write']({ firstRunDone: true });
    if (!answer.ok) toast(failure(answer.error));
  };
  const next = () => (step < steps.length - 1 ? setStep(step + 1) : void finish());
  return (
    <main className="flex h-dvh flex-col bg-page">
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex min-h-full max-w-xl flex-col px-6 pt-10 pb-6">
          <Mark className="size-9 text-accent" />
          {step === 0 && (
            <Step
              title="Welcome to Fairlead"
              about="It connects the programs on this machine to your remote MCP containers. You sign in once; passwords and tokens stay in your system’s keychain."
            >
              <PlatformAccount arriving />
            </Step>
          )}
          {step === 1 && (
            <Step
              title={any ? 'Your containers' : 'Add your first container'}
              about={
                any
                  ? 'These are ready to be used. You can add more now, or any time later.'
                  : 'Paste the address of an MCP server, and Fairlead looks at what it is.'
              }
            >
              {any ? <ContainerChoice /> : <FromUrl url={undefined} name={undefined} />}
            </Step>
          )}
          {step === 2 && (
            <Step
              title="Choose your clients"
              about="Which programs may use them. You see what is written into their configs first, and can undo it."
            >
              <ClientChoice />
            </Step>
          )}
        </div>
      </div>
      <footer className="flex shrink-0 items-center gap-4 border-t border-line px-6 py-3">
        <ol aria-label="Steps" className="flex flex-1 gap-4">
          {steps.map((name, index) => (
            <li
              key={name}
              aria-current={index === step ? 'step' : undefined}
              className="flex items-center gap-1.5 text-xs text-faint aria-[current]:font-medium aria-[current]:text-text"
            >
              <span
                aria-hidden
                className={`size-1.5 rounded-full ${index <= step ? 'bg-accent' : 'bg-quiet-dot'}`}
              />
              {name}
            </li>
          ))}
        </ol>
        {step > 0 && <Button onClick={() => setStep(step - 1)}>Back</Button>}
        <Button kind={step > 0 || signedIn ? 'primary' : 'plain'} onClick={next}>
          {step === steps.length - 1
            ? 'Done'
            : (step === 0 && !signedIn) || (step === 1 && !any)
              ? 'Skip'
              : 'Continue'}
        </Button>
      </footer>
    </main>
  );
}

function Step({ title, about, children }: { title: string; about: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-1 flex-col gap-6 pt-4">
      <header>
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        <p className="mt-1 text-soft">{about}</p>
      </header>
      {children}
    </section>
  );
}
