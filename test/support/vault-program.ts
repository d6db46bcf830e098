/**
 * A program for tests of the real keychain: opens the vault as the core does and obeys one JSON line at a time on
 * stdin, answering each with one on stdout. Secrets come by stdin only, never by argument or environment.
 */
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { createBroker } from '../../electron/credentials/create-broker.ts';
import { openVault } from '../../electron/credentials/open-vault.ts';
import { profilePaths } from '../../electron/runtime/paths.ts';
import { Secret } from '../../electron/runtime/secret.ts';
import { container } from '../../shared/container.ts';
import { errorReport } from '../../shared/errors.ts';
import { offline } from './offline-sign-in.ts';

const order = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('read'), key: z.string() }),
  z.strictObject({ do: z.literal('write'), key: z.string(), value: z.string() }),
  z.strictObject({ do: z.literal('delete'), key: z.string() }),
  z.strictObject({ do: z.literal('check') }),
  z.strictObject({ do: z.literal('store'), value: z.string() }),
  z.strictObject({ do: z.literal('send') }),
  z.strictObject({ do: z.literal('exit') }),
]);
export type VaultOrder = z.input<typeof order>;

const vault = openVault({ env: process.env, home: profilePaths(process.env).home });
const broker = createBroker({ vault, oauth: offline });
const owner = {
  configured: true,
  container: container.parse({
    name: 'notes',
    url: 'https://notes.example/mcp',
    auth: { method: 'api_key' },
  }),
};

/** The digest alone leaves this process: the tests search what it prints for the secret. */
let sent = '';
const send = broker.authenticated(owner, async (request) => {
  const bytes = new TextEncoder().encode(request.headers['authorization']);
  sent = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
  return {
    status: 200,
    header: () => undefined,
    read: (sink) => sink.end(),
    pause: () => undefined,
    resume: () => undefined,
    discard: () => undefined,
  };
});

async function obey(line: string): Promise<string | undefined> {
  const given = order.parse(JSON.parse(line));
  switch (given.do) {
    case 'read':
      return (await vault.read(given.key))?.reveal();
    case 'write':
      await vault.write(given.key, new Secret(given.value));
      return undefined;
    case 'delete':
      await vault.delete(given.key);
      return undefined;
    case 'check':
      await vault.check();
      return undefined;
    case 'store':
      await broker.store(owner, new Secret(given.value));
      return undefined;
    case 'send': {
      const { signal } = new AbortController();
      await send({ method: 'POST', url: new URL(owner.container.url), headers: {}, signal, lane: 'call' });
      return sent;
    }
    case 'exit':
      process.exit(0);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await obey(line).then(
    (value) => ({ value }),
    (thrown: unknown) => ({ error: errorReport(thrown) }),
  );
  console.log(JSON.stringify(answer));
}
