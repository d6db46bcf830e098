import { expect, test } from 'vitest';
import { checkBinding } from '../../../../demo/container/guard/binding.ts';

test.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost'])('%s needs neither token nor TLS', (host) => {
  checkBinding({ mode: 'local', host, tls: false });
  checkBinding({ mode: 'token', host, tls: false });
});

test.each(['0.0.0.0', '::', '192.168.1.2', 'example.com', '127.evil.example', '', '::ffff:127.0.0.1'])(
  'mode local refuses to listen on %j',
  (host) => {
    expect(() => checkBinding({ mode: 'local', host, tls: true })).toThrow(/loopback only/);
  },
);

test('mode token goes beyond loopback with TLS only', () => {
  expect(() => checkBinding({ mode: 'token', host: '0.0.0.0', tls: false })).toThrow(/Plain http/);
  checkBinding({ mode: 'token', host: '0.0.0.0', tls: true });
});
