/** A program that writes an audit without end, to be killed. */
import { createAuditLog } from '../../electron/control/audit-log.ts';

export async function main(path: string): Promise<never> {
  const audit = createAuditLog({ path, maxBytes: 20_000 });
  for (;;) {
    for (let n = 0; n < 300; n += 1) audit.append({ kind: 'container', container: `c${n}`, change: 'added' });
    await audit.flush();
    process.stdout.write('.');
  }
}
