import { createHmac, randomBytes } from 'node:crypto';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished, expect, test } from 'vitest';
import { admitCaller, greetCore, type Role } from '../../electron/socket/handshake.ts';
import { newProfile } from '../support/profile.ts';

const key = randomBytes(32);
const nonce = () => randomBytes(32).toString('base64url');

interface Pair {
  readonly caller: Socket;
  readonly core: Socket;
  readonly address: string;
}

async function socketPair(): Promise<Pair> {
  const profile = newProfile();
  const address = join(profile.paths.home, 's');
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(address, resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const caller = connect(address);
  const core = await accepted;
  for (const socket of [caller, core]) socket.on('error', () => undefined);
  onTestFinished(async () => {
    caller.destroy();
    core.destroy();
    server.close();
    await profile[Symbol.asyncDispose]();
  });
  return { caller, core, address };
}

/** What a socket hears until it is closed. */
function heardBy(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
    socket.on('close', () => resolve(heard));
  });
}

/** As docs/path.md tells it to who writes another endpoint. */
function proofOf(
  side: 'caller' | 'core',
  terms: { role: Role; caller: string; core: string; address: string; key?: Buffer },
) {
  const text = ['FAIRLEAD/1', side, terms.role, terms.caller, terms.core, terms.address].join('\n');
  return createHmac('sha256', terms.key ?? key)
    .update(text)
    .digest('base64url');
}

function nextLine(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const read = (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      if (!heard.includes('\n')) return;
      socket.off('data', read);
      resolve(heard.slice(0, heard.indexOf('\n')));
    };
    socket.on('data', read);
  });
}

test('both sides admit each other, and what came right behind is not lost', async () => {
  const { caller, core, address } = await socketPair();
  const admitted = admitCaller(core, { key, address });
  expect(await greetCore(caller, { key, address, role: 'control' })).toEqual(Buffer.alloc(0));
  expect((await admitted).role).toBe('control');
});

test('a caller by the book is admitted, its first bytes with it', async () => {
  const { caller, core, address } = await socketPair();
  const admitted = admitCaller(core, { key, address });
  const mine = nonce();
  caller.write(`FAIRLEAD/1 endpoint ${mine}\n`);
  const [, theirs = '', proof] = (await nextLine(caller)).split(' ');
  const terms = { role: 'endpoint', caller: mine, core: theirs, address } as const;
  expect(proof).toBe(proofOf('core', terms));
  caller.write(`${proofOf('caller', terms)}\nearly`);
  expect(await admitted).toEqual({ role: 'endpoint', early: Buffer.from('early') });
});

type Forge = (
  terms: { role: Role; caller: string; core: string; address: string },
  coresProof: string,
) => string;
test.each<[string, Forge]>([
  ['with another key', (terms) => proofOf('caller', { ...terms, key: randomBytes(32) })],
  ['for another role', (terms) => proofOf('caller', { ...terms, role: 'control' })],
  ['for another address', (terms) => proofOf('caller', { ...terms, address: '/elsewhere' })],
  ['for another nonce', (terms) => proofOf('caller', { ...terms, core: nonce() })],
  ['that is the core’s own, sent back', (_terms, coresProof) => coresProof],
  ['that is empty', () => ''],
])('a proof %s does not admit', async (_name, forge) => {
  const { caller, core, address } = await socketPair();
  const admitted = expect(admitCaller(core, { key, address })).rejects.toThrow('could not prove');
  const mine = nonce();
  caller.write(`FAIRLEAD/1 endpoint ${mine}\n`);
  const [, theirs = '', proof = ''] = (await nextLine(caller)).split(' ');
  caller.write(`${forge({ role: 'endpoint', caller: mine, core: theirs, address }, proof)}\n`);
  await admitted;
  expect(await heardBy(caller)).toBe('');
});

test.each([
  'GET / HTTP/1.1\r\n',
  'FAIRLEAD/1 root x\n',
  'FAIRLEAD/1 endpoint short\n',
  `FAIRLEAD/2 endpoint ${nonce()}\n`,
])('a stranger who says %j hears nothing', async (greeting) => {
  const { caller, core, address } = await socketPair();
  const heard = heardBy(caller);
  const admitted = expect(admitCaller(core, { key, address })).rejects.toThrow();
  caller.write(greeting);
  await admitted;
  expect(await heard).toBe('');
});

test('a greeting of more than 4 KB is closed', async () => {
  const { caller, core, address } = await socketPair();
  const heard = heardBy(caller);
  const admitted = expect(admitCaller(core, { key, address })).rejects.toThrow('too long');
  caller.write('x'.repeat(5_000));
  await admitted;
  expect(await heard).toBe('');
});

test('a greeting that takes more than 2 s is closed', async () => {
  const { caller, core, address } = await socketPair();
  const heard = heardBy(caller);
  caller.write('FAIRLEAD/1 ');
  const started = performance.now();
  await expect(admitCaller(core, { key, address })).rejects.toThrow('too long');
  expect(performance.now() - started).toBeLessThan(4_000);
  await heard;
});

test('a squatter gets a nonce and nothing else', async () => {
  const { caller, core, address } = await socketPair();
  const heard = heardBy(core);
  const greeted = expect(greetCore(caller, { key, address, role: 'endpoint' })).rejects.toMatchObject({
    code: 'core_unreachable',
  });
  const theirs = nonce();
  core.write(
    `FAIRLEAD/1 ${theirs} ${proofOf('core', { role: 'endpoint', caller: nonce(), core: theirs, address, key: randomBytes(32) })}\n`,
  );
  await greeted;
  expect(await heard).toMatch(/^FAIRLEAD\/1 endpoint [A-Za-z0-9_-]{43}\n$/);
});

test('a squatter that sends the caller’s own words back, or stays silent, gets no further', async () => {
  const reflected = await socketPair();
  reflected.core.pipe(reflected.core);
  await expect(
    greetCore(reflected.caller, { key, address: reflected.address, role: 'endpoint' }),
  ).rejects.toThrow();
  const silent = await socketPair();
  silent.core.resume();
  await expect(greetCore(silent.caller, { key, address: silent.address, role: 'endpoint' })).rejects.toThrow(
    'too long',
  );
});

test('a core that ends in the middle of it is none, rather than a wrong one', async () => {
  const { caller, core, address } = await socketPair();
  core.once('data', () => core.destroy());
  expect(await greetCore(caller, { key, address, role: 'endpoint' })).toBeUndefined();
});
