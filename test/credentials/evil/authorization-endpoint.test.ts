import { expect, test } from 'vitest';
import { browserUrl } from '../../../electron/credentials/discovery/discovered-url.ts';
import { goodServer, oauthContainer } from '../discovery/site.ts';
import { rfc8414, startEvilSite } from './evil-site.ts';

/** The one URL of a server that a program is started with: what if it is not a URL, or more than one argument? */

const refused = [
  // Other schemes.
  'javascript:alert("EVIL")',
  'JavaScript:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'file:///etc/passwd',
  'file://evil.example/share/EVIL.exe',
  'data:text/html,<script>EVIL</script>',
  'vscode://EVIL',
  'ms-msdt:/id EVIL',
  'search-ms:query=EVIL',
  'ftp://evil.example/',
  'ws://evil.example/',
  'http://evil.example/authorize',
  // UNC and paths.
  '\\\\evil.example\\share\\EVIL.exe',
  '//evil.example/share',
  'https:\\\\evil.example\\share',
  'https://evil.example\\@mcp.example.com/',
  'C:\\Windows\\System32\\calc.exe',
  '/usr/bin/EVIL',
  '--EVIL',
  '-a Calculator',
  // User information.
  'https://mcp.example.com@evil.example/',
  'https://user:EVIL@evil.example/',
  'https://:EVIL@evil.example/',
  // CR, LF and other control characters, blanks, what is not ASCII.
  'https://evil.example/\r\nSet-Cookie: EVIL',
  'https://evil.example/a\nb',
  'https://evil.example/\ta',
  'https://evil.example/\0',
  'https://evil.example/ calc.exe',
  ' https://evil.example/',
  'https://evil.example/\u202eEVIL',
  'https://évil.example/',
  // Shell text in the host, where nothing can be escaped.
  'https://$(calc).evil.example/',
  'https://`calc`.evil.example/',
  'https://evil.example;calc/',
  'https://evil.example&calc/',
  "https://evil.example'calc/",
  'https://*.evil.example/',
  'https://%24(calc).evil.example/',
  // A fragment (RFC 6749 §3.1), nothing, and this machine.
  'https://evil.example/#EVIL',
  '',
  'https://',
  'https://localhost:8080/',
  'http://127.0.0.1:8080/shutdown',
  'https://[::ffff:127.0.0.1]/',
];

test.each(refused)('refuses %j', (text) => expect(browserUrl(text).status).toBe('refused'));

const cleaned: [string, string][] = [
  ['https://evil.example/$(calc)', 'https://evil.example/%24%28calc%29'],
  ['https://evil.example/?a=`calc`;calc|calc', 'https://evil.example/?a=%60calc%60%3Bcalc%7Ccalc'],
  ['https://evil.example/"calc"', 'https://evil.example/%22calc%22'],
  ["https://evil.example/'calc'?'", 'https://evil.example/%27calc%27?%27'],
  ['https://evil.example/${IFS}<a>^b!*', 'https://evil.example/%24%7BIFS%7D%3Ca%3E%5Eb%21%2A'],
  ['https://evil.example/%22%0d%0a', 'https://evil.example/%22%0d%0a'],
  ['https://evil.example', 'https://evil.example/'],
];

test.each(cleaned)('%s becomes one clean argument', (text, url) =>
  expect(browserUrl(text)).toEqual({ status: 'ok', url: new URL(url) }),
);

test('discovery refuses such an endpoint, and repeats nothing of it', async () => {
  // The container of this test is on this machine, so its metadata may lead there, by http as well.
  const here = /localhost|127\.0\.0\.1/;
  for (const endpoint of refused.filter((each) => !here.test(each))) {
    const { refusal } = await startEvilSite((origin) => ({
      [rfc8414]: goodServer(origin, { authorization_endpoint: endpoint }),
    }));
    expect([endpoint, (await refusal()).code]).toEqual([endpoint, 'discovery_refused']);
  }
});

test('discovery hands on the clean form', async () => {
  for (const [endpoint, url] of cleaned) {
    const { discover, site } = await startEvilSite((origin) => ({
      [rfc8414]: goodServer(origin, { authorization_endpoint: endpoint }),
    }));
    expect((await discover(oauthContainer(site.url))).server.authorization_endpoint).toBe(url);
  }
});
