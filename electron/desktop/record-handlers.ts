/** What the person takes away of the records: calls as JSON Lines, and a bundle for somebody who is to help. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { app, dialog } from 'electron';
import { FairleadError } from '../../shared/errors.ts';
import { plainJson } from '../../shared/plain-json.ts';
import type { ProfilePaths } from '../runtime/paths.ts';
import type { CoreLink } from './core-link.ts';
import type { DesktopHandlers } from './ipc.ts';

type RecordHandlers = Pick<
  DesktopHandlers,
  'activity.export' | 'diagnostics.preview' | 'diagnostics.save' | 'file.choose'
>;

const mostCalls = 100_000;

const choices = {
  certificate: { title: 'Choose the client certificate', extensions: ['pem', 'crt', 'cer'] },
  key: { title: 'Choose the key', extensions: ['pem', 'key'] },
  ca: { title: 'Choose the certificate authority', extensions: ['pem', 'crt', 'cer'] },
  pkcs12: { title: 'Choose the PKCS#12 file', extensions: ['p12', 'pfx'] },
};

export function createRecordHandlers({
  env,
  paths,
  core,
}: {
  readonly env: NodeJS.ProcessEnv;
  readonly paths: ProfilePaths;
  readonly core: Pick<CoreLink, 'call'>;
}): RecordHandlers {
  let shown: string | undefined;
  return {
    async 'activity.export'({ container }) {
      const { readAudit } = await import('../control/audit-log.ts');
      const lines = await core
        .call('audit', { last: mostCalls })
        .catch(() => readAudit(paths.audit, mostCalls));
      const calls = lines.filter(
        (line) => line.kind === 'call' && (container === undefined || line.container === container),
      );
      const text = calls.map((line) => `${JSON.stringify(line)}\n`).join('');
      const path = await save('fairlead-activity.jsonl', text);
      return { ...path, rows: calls.length };
    },
    async 'diagnostics.preview'() {
      const { gather } = await import('../control/diagnostics-contents.ts');
      const layers = await core.call('doctor', {}).catch(() => []);
      const contents = await gather({ env, paths, call: core.call }, layers);
      const values = Object.fromEntries(Object.entries(contents).map(([name, { value }]) => [name, value]));
      shown = `${plainJson(values, 2)}\n`;
      const parts = Object.entries(contents).map(([name, { what, value }]) => ({
        ...{ name, what },
        bytes: Buffer.byteLength(plainJson(value, 2)),
      }));
      return { parts, text: shown };
    },
    async 'diagnostics.save'() {
      if (shown === undefined)
        throw new FairleadError('usage', 'Nothing was shown yet.', {
          help: 'Look at it before it is saved.',
        });
      return save('fairlead-diagnostics.json', shown);
    },
    async 'file.choose'({ purpose }) {
      const { title, extensions } = choices[purpose];
      const { filePaths } = await dialog.showOpenDialog({
        title,
        properties: ['openFile'],
        filters: [
          { name: title, extensions },
          { name: 'All files', extensions: ['*'] },
        ],
      });
      const [path] = filePaths;
      return path === undefined ? {} : { path };
    },
  };
}

/** Where the person says; the dialog asks before it replaces a file. */
async function save(name: string, text: string): Promise<{ path?: string }> {
  const { canceled, filePath } = await dialog.showSaveDialog({
    defaultPath: join(app.getPath('downloads'), name),
  });
  if (canceled || filePath === '') return {};
  try {
    await writeFile(filePath, text, { mode: 0o600 });
  } catch (cause) {
    throw new FairleadError('usage', 'The file cannot be written there.', {
      help: 'Choose a folder that you may write to.',
      cause,
    });
  }
  return { path: filePath };
}
