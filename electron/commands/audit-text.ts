/** What `fairlead audit` shows of each kind of line. */
import type { AuditLine } from '../../shared/audit.ts';
import { policySentence } from './policy-text.ts';
import { durationText, timeText } from './output.ts';

/** @returns when, container, client, what was called or done, how it ended, how long it took */
export function auditCells(line: AuditLine): string[] {
  const { container = '', client = '' } = line as { container?: string; client?: string };
  const durationMs = 'durationMs' in line ? line.durationMs : undefined;
  return [
    timeText(line.at),
    container,
    line.kind === 'call' && line.client === undefined ? 'unknown' : client,
    deedOf(line),
    outcomeOf(line),
    durationMs === undefined ? '' : durationText(durationMs),
  ];
}

function deedOf(line: AuditLine): string {
  switch (line.kind) {
    case 'call':
      return line.tool === undefined ? line.method : `${line.method} ${line.tool}`;
    case 'sign_in':
      return 'sign-in';
    case 'sign_out':
      return 'sign-out';
    case 'token_refresh':
      return 'token refresh';
    case 'container':
      return 'container';
    case 'policy':
      return policySentence(line);
    case 'client_config':
      return `config ${line.path}`;
    case 'core':
      return `core ${line.version}, process ${line.pid}`;
    case 'missing':
      return 'audit';
  }
}

function outcomeOf(line: AuditLine): string {
  switch (line.kind) {
    case 'call':
    case 'sign_in':
      return line.error === undefined ? line.outcome : `${line.outcome} (${line.error})`;
    case 'token_refresh':
      return line.outcome;
    case 'sign_out':
      return 'ok';
    case 'policy':
      return '';
    case 'container':
    case 'client_config':
    case 'core':
      return line.change.replace('_', ' ');
    case 'missing':
      return line.events === undefined
        ? `${line.tornBytes ?? 0} bytes of a line that was cut short`
        : `${line.events} events lost`;
  }
}
