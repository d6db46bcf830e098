/** What a browser is told of the pages on which people sign in and decide: no script, and no more than they need. */

export function pageHeaders({
  leadsTo,
  styleHash,
}: {
  leadsTo: string | undefined;
  /** base64 of the SHA-256 of the one style sheet. */
  styleHash: string;
}): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    `form-action 'self'${leadsTo === undefined ? '' : ` ${sourceOf(leadsTo)}`}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy.join('; '),
    'X-Frame-Options': 'DENY',
    'X-Content-Type-Options': 'nosniff',
    // Not no-referrer: a form would then be sent with `Origin: null`, which we refuse.
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  };
}

/** As a source of the policy, which has no way to write an IPv6 address or an app's own scheme with a host. */
function sourceOf(address: string): string {
  const { protocol, hostname, origin } = new URL(address);
  const isWeb = protocol === 'http:' || protocol === 'https:';
  return isWeb && !hostname.startsWith('[') ? origin : protocol;
}
