/** Which platform to sign in to, where none is known yet or it is to be another one. */
import { useState, type SubmitEvent } from 'react';
import { usePrompt } from '../../app/context.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';

export function ChoosePlatform({ onChosen }: { onChosen: () => void }) {
  const prompt = usePrompt();
  const [issuer, setIssuer] = useState('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onChosen();
    prompt({ kind: 'sign-in', issuer: withScheme(issuer) });
  };
  return (
    <section aria-label="Platform account" className="flex flex-col gap-3">
      <div>
        <h2 className="font-semibold">Platform account</h2>
        <p className="text-soft">
          Sign in where your containers are hosted or registered, and they all appear here. You can use
          Fairlead without it.
        </p>
      </div>
      <form onSubmit={submit} className="flex max-w-md items-end gap-2">
        <div className="min-w-0 flex-1">
          <TextField
            label="Platform"
            value={issuer}
            onChange={setIssuer}
            placeholder="platform.example.com"
            mono
            inputMode="url"
          />
        </div>
        <Button kind="primary" type="submit" className="min-h-8" disabled={issuer.trim() === ''}>
          Sign in…
        </Button>
      </form>
    </section>
  );
}

/** As people type addresses: without `https://`. */
function withScheme(address: string): string {
  const trimmed = address.trim();
  return /^https?:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
}
