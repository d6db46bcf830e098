/** An issuer of keys alone, so that a test can sign what a real one never would. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import { onTestFinished } from 'vitest';

/** @returns where they are, and what changes them */
export async function openKeys() {
  const keys: object[] = [];
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  onTestFinished(async () => {
    if (server.listening) await close();
  });
  return {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    close,
    /** Makes a key and publishes it in place of, or beside, those before. */
    async publish(kid: string, { alg = 'ES256', beside = false } = {}): Promise<CryptoKey> {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
      if (!beside) keys.length = 0;
      keys.push({ ...(await exportJWK(publicKey)), alg, use: 'sig', kid });
      return privateKey;
    },
  };
}
