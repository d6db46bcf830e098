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
  /**
   * A server's certificate for `names`, by default those of loopback.
   * @param options.days -1: expired yesterday
   * @param options.seconds in place of days
   */
  issue(options?: {
    names?: string;
    days?: number;
    seconds?: number;
    use?: 'serverAuth' | 'clientAuth';
  }): Credentials;
  /** The certificate and its key as PKCS#12. @returns the file */
  pkcs12(credentials: Credentials, passphrase: string, ...more: string[]): string;
  /** Its key, encrypted. @returns the file */
  encryptedKey(credentials: Credentials, passphrase: string): string;
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
  /** `openssl x509` counts in days. */
  const issueUntil = (end: Date, { name, certFile }: ReturnType<typeof makeKey>) => {
    write('index', '');
    const config = `[ca]\ndefault_ca=a\n[a]\ndatabase=index\nnew_certs_dir=.\npolicy=p\ndefault_md=sha256\nrand_serial=yes\n[p]\ncommonName=supplied\n`;
    const time = (at: Date) => `${at.toISOString().slice(2, 19).replace(/\D/g, '')}Z`;
    openssl(
      ...['ca', '-batch', '-notext', '-config', write('ca.conf', config)],
      ...['-cert', own.certFile, '-keyfile', own.keyFile, '-in', `${name}.csr`, '-out', certFile],
      ...['-startdate', time(new Date(Date.now() - 60_000)), '-enddate', time(end)],
      ...['-extfile', `${name}.ext`],
    );
  };

  return {
    caFile: own.certFile,
    ca: own.cert,
    issue({ names = loopback, days = 2, seconds, use = 'serverAuth' } = {}) {
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
      if (seconds !== undefined) {
        issueUntil(new Date(Date.now() + seconds * 1_000), files);
        return read(files);
      }
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
    pkcs12({ keyFile, certFile }, passphrase, ...more) {
      made += 1;
      const file = join(folder, `${made}.p12`);
      const secret = write(`${made}.pass`, `${passphrase}\n`);
      openssl(
        ...['pkcs12', '-export', '-inkey', keyFile, '-in', certFile, '-out', file],
        ...['-passout', `file:${secret}`, ...more],
      );
      return file;
    },
    encryptedKey({ keyFile }, passphrase) {
      made += 1;
      const file = join(folder, `${made}.enc`);
      const secret = write(`${made}.pass`, `${passphrase}\n`);
      openssl('pkcs8', '-topk8', '-in', keyFile, '-out', file, '-passout', `file:${secret}`);
      return file;
    },
    selfSigned: () => sign('/CN=localhost', 'CA:FALSE'),
    write,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
