/** Which tenant somebody belongs to: the domain of their e-mail, or themselves alone. */
import { domainToASCII } from 'node:url';

/** Where anybody gets an address: people there have nothing in common. Those of a family end in any country's letters. */
const publicDomains = new Set([
  ...['gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'passport.com'],
  ...['icloud.com', 'me.com', 'mac.com', 'aol.com', 'ymail.com', 'rocketmail.com', 'att.net', 'comcast.net'],
  ...['proton.me', 'protonmail.com', 'protonmail.ch', 'pm.me', 'tutanota.com', 'tuta.io', 'tuta.com'],
  ...['gmx.de', 'gmx.net', 'gmx.com', 'gmx.at', 'gmx.ch', 'web.de', 't-online.de', 'freenet.de', 'mail.de'],
  ...[
    'posteo.de',
    'mailbox.org',
    'orange.fr',
    'free.fr',
    'laposte.net',
    'wanadoo.fr',
    'libero.it',
    'virgilio.it',
  ],
  ...[
    'mail.ru',
    'bk.ru',
    'inbox.ru',
    'list.ru',
    'yandex.ru',
    'yandex.com',
    'ya.ru',
    'rambler.ru',
    'seznam.cz',
  ],
  ...[
    'qq.com',
    '163.com',
    '126.com',
    'yeah.net',
    'sina.com',
    'sohu.com',
    'foxmail.com',
    'naver.com',
    'daum.net',
  ],
  ...['hanmail.net', 'rediffmail.com', 'uol.com.br', 'bol.com.br', 'wp.pl', 'o2.pl', 'interia.pl', 'onet.pl'],
  ...['fastmail.com', 'fastmail.fm', 'hey.com', 'zoho.com', 'mail.com', 'email.com', 'usa.com', 'duck.com'],
  ...[
    'users.noreply.github.com',
    'privaterelay.appleid.com',
    'mozmail.com',
    'mailinator.com',
    'guerrillamail.com',
  ],
]);
const publicFamilies = /^(yahoo|hotmail|outlook|live|windowslive)\.[a-z]{2,3}(\.[a-z]{2})?$/;

/**
 * @param userId with its provider before a colon, which no domain has: so no person's tenant is a company's
 * @param verifiedEmail an address that somebody only claims to have would make them a colleague of its owner
 */
export function tenantOf(userId: string, verifiedEmail: string | undefined): string {
  const domain = domainOf(verifiedEmail ?? '');
  return domain === undefined || isPublic(domain) ? userId : domain;
}

function isPublic(domain: string): boolean {
  return publicDomains.has(domain) || publicFamilies.test(domain);
}

/** In one form however it is written; nothing for what is no name of a host on the internet. */
function domainOf(email: string): string | undefined {
  const [local = '', written = '', more] = email.split('@');
  if (local === '' || more !== undefined) return undefined;
  const domain = domainToASCII(written.trim().toLowerCase()).replace(/\.$/, '');
  const isName = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/.test(
    domain,
  );
  return isName ? domain : undefined;
}
