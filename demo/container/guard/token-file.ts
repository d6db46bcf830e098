/** Creating, listing and revoking tokens: edits config.yaml in place and keeps its comments. */
import { randomUUID } from 'node:crypto';
import { realpath, rename, rm, writeFile } from 'node:fs/promises';
import { isSeq, parseDocument, type Document } from 'yaml';
import { FairleadError } from '../../../shared/errors.ts';
import { parseConfig, readConfigText, tokenName } from './config.ts';
import type { GuardMode } from './guard.ts';
import { hashSecret, mintSecret } from './token-hash.ts';

const newFile = `# How this container is entered.
auth:
  # local: no sign-in, this machine only. token: one of the tokens below.
  mode: token
  # Made by \`container token create <name>\`; only hashes are kept.
  tokens: []
`;

/**
 * Adds a token, and makes the file if there is none. A file in mode `local` changes to `token`: a token that is
 * not asked for would protect nothing.
 * @returns the secret, which is kept nowhere
 * Throws `usage` for a name that is taken or not a name, `config_invalid` for a file that is not understood.
 */
export async function createToken(configFile: string, name: string): Promise<string> {
  const checked = tokenName.safeParse(name);
  if (!checked.success)
    throw new FairleadError('usage', 'That is not a name for a token.', {
      help: 'A name has 1 to 63 letters, digits, dots, dashes or underscores.',
    });
  const { document, mode, names } = edit(await currentText(configFile), configFile);
  if (mode !== 'token' && mode !== 'local') {
    throw new FairleadError('usage', `This container is entered in another way: auth.mode is ${mode}.`, {
      help: 'For tokens of its own set auth.mode to token, without the other settings.',
    });
  }
  if (names.includes(name)) {
    throw new FairleadError('usage', `There is already a token named ${name}.`, {
      help: 'Take another name, or revoke that one first.',
    });
  }
  const secret = mintSecret();
  const entry = document.createNode({ name, hash: hashSecret(secret) });
  const tokens = document.getIn(['auth', 'tokens']);
  if (isSeq(tokens)) {
    tokens.add(entry);
    if (names.length === 0) tokens.flow = false;
  } else {
    document.setIn(['auth', 'tokens'], document.createNode([entry]));
  }
  document.setIn(['auth', 'mode'], 'token');
  await replaceFile(configFile, document);
  return secret;
}

/** Names, in the file's order. Throws `config_invalid`. */
export async function listTokens(configFile: string): Promise<readonly string[]> {
  return edit(await readConfigText(configFile), configFile).names;
}

/** Throws `usage` for a name that is not there, `config_invalid` for a file that is not understood. */
export async function revokeToken(configFile: string, name: string): Promise<void> {
  const { document, names } = edit(await readConfigText(configFile), configFile);
  const index = names.indexOf(name);
  if (index < 0) {
    throw new FairleadError('usage', 'There is no token of that name.', {
      help: 'See `container token list`.',
    });
  }
  document.deleteIn(['auth', 'tokens', index]);
  await replaceFile(configFile, document);
}

/** The file as a document that keeps comments when written, with its mode and the names of its tokens. */
function edit(text: string, file: string): { document: Document; mode: GuardMode; names: string[] } {
  const { auth } = parseConfig(text, file);
  const tokens = 'tokens' in auth ? (auth.tokens ?? []) : [];
  return { document: parseDocument(text), mode: auth.mode, names: tokens.map((token) => token.name) };
}

async function currentText(configFile: string): Promise<string> {
  try {
    await realpath(configFile);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return newFile;
  }
  return readConfigText(configFile);
}

/** By rename, so that a running container never reads half a file. */
async function replaceFile(configFile: string, document: Document): Promise<void> {
  const target = await realpath(configFile).catch(() => configFile);
  const fresh = `${target}.${randomUUID()}`;
  try {
    await writeFile(fresh, document.toString(), { mode: 0o600, flag: 'wx' });
    await rename(fresh, target);
  } catch (cause) {
    await rm(fresh, { force: true });
    throw new FairleadError('config_invalid', `${configFile} cannot be written.`, {
      help: 'Check that its folder exists and is yours.',
      cause,
    });
  }
}
