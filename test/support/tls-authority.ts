/** Certificates for tests, made by `openssl`: an authority, and what it issues. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printOf } from '../../electron/upstream/network/pins.ts';

export interface Credentials {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
  /** As `--pin` takes it. */
  readonly pin: string;
}

export interface TlsAuthority extends Disposable {
  /** The authority's own certificate. */
  readonly caFile: string;
  readonly ca: string;
  /** A server's certificate for `names`, by default those of loopback. @param days -1: expired yesterday */
  issue(options?: { names?: string; days?: number; use?: 'serverAuth' | 'clientAuth' }): Credentials;
  selfSigned(): Credentials;
  /** A file beside the certificates. */
  write(name: string, text: string): string;
}

const loopback = 'DNS:localhost,IP:127.0.0.1,IP:::1';

export function createTlsAuthority(): TlsAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-tls-'));
  const openssl = (...args: string[]) => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  let made = 0;

  const makeKey = () => {
    made += 1;
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${made}.key`);
    return {
      name: String(made),
      keyFile: join(folder, `${made}.key`),
      certFile: join(folder, `${made}.crt`),
    };
  };
  const read = ({ keyFile, certFile }: { keyFile: string; certFile: string }): Credentials => {
    const cert = readFileSync(certFile, 'utf8');
    return {
      keyFile,
      certFile,
      cert,
      key: readFileSync(keyFile, 'utf8'),
      pin: printOf(new X509Certificate(cert)),
    };
  };
  const sign = (subject: string, constraints: string) => {
    const files = makeKey();
    openssl(
      ...[
        'req',
        '-x509',
        '-new',
        '-key',
        files.keyFile,
        '-out',
        files.certFile,
        '-days',
        '2',
        '-subj',
        subject,
      ],
      ...['-addext', `basicConstraints=critical,${constraints}`, '-addext', `subjectAltName=${loopback}`],
    );
    return read(files);
  };

  const own = sign('/CN=Fairlead test authority', 'CA:TRUE');
  return {
    caFile: own.certFile,
    ca: own.cert,
    issue({ names = loopback, days = 2, use = 'serverAuth' } = {}) {
      const files = makeKey();
      write(
        `${files.name}.ext`,
        `basicConstraints=CA:FALSE\nextendedKeyUsage=${use}\nsubjectAltName=${names}\n`,
      );
      openssl(
        'req',
        '-new',
        '-key',
        files.keyFile,
        '-out',
        `${files.name}.csr`,
        '-subj',
        '/CN=Fairlead test',
      );
      openssl(
        ...[
          'x509',
          '-req',
          '-in',
          `${files.name}.csr`,
          '-CA',
          own.certFile,
          '-CAkey',
          own.keyFile,
          '-CAcreateserial',
        ],
        ...['-out', files.certFile, '-days', String(days), '-extfile', `${files.name}.ext`],
      );
      return read(files);
    },
    selfSigned: () => sign('/CN=localhost', 'CA:FALSE'),
    write,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
