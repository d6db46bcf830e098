/** The page that says what a program asks for, and to whom the answer goes. */
import { html } from 'hono/html';
import { isLoopback } from '../../../shared/loopback.ts';
import { icon, type IconName } from './icons.ts';
import type { Page } from './page.ts';

export interface ConsentView {
  readonly action: string;
  readonly formToken: string;
  readonly app: string;
  /** Their e-mail, or what else they are known by. */
  readonly who: string;
  readonly scopes: readonly string[];
  /** What the tokens will be for, in words: which containers. */
  readonly where: string;
  /** It will be able to renew its access by itself. */
  readonly staysSignedIn: boolean;
  /** The host that the browser returns to; none for a device, which waits elsewhere. */
  readonly returnsTo?: string | undefined;
  /** Whether somebody else can sign in instead, right here. */
  readonly canSwitch: boolean;
}

/** In the order that they are told. */
const permissions: readonly { readonly scope: string; readonly icon: IconName; readonly text: string }[] = [
  { scope: 'mcp:tools', icon: 'tool', text: 'Use tools' },
  { scope: 'mcp:resources', icon: 'page', text: 'Read resources' },
  { scope: 'data:read', icon: 'data', text: 'Read stored data' },
  { scope: 'openid', icon: 'person', text: 'Know your e-mail and user id' },
];
const renewal = { icon: 'clock', text: 'Stay signed in until you sign out there' } as const;

export function consentPage(view: ConsentView): Page {
  const { action, formToken, app, who, where, returnsTo, canSwitch } = view;
  const granted = [
    ...permissions.filter(({ scope }) => view.scopes.includes(scope)),
    ...(view.staysSignedIn ? [renewal] : []),
  ];
  const token = html`<input type="hidden" name="form_token" value="${formToken}" />`;
  return {
    title: 'Allow access',
    content: html`<h1>Allow ${app} to use your account?</h1>
      <div class="who">
        <span class="mark" aria-hidden="true">${who.charAt(0).toUpperCase()}</span>
        <span class="name">${who}</span>
        ${
          canSwitch
            ? html`<form method="post" action="${action}/switch">
                ${token}<button type="submit">Not you?</button>
              </form>`
            : ''
        }
      </div>
      <h2>In ${where} it may</h2>
      <ul>
        ${granted.map((each) => html`<li>${icon(each.icon)}<span>${each.text}</span></li>`)}
      </ul>
      <div class="actions">
        <form method="post" action="${action}/allow">
          ${token}<button class="main" type="submit">Allow</button>
        </form>
        <form method="post" action="${action}/deny">${token}<button type="submit">Deny</button></form>
      </div>
      <p class="fine">${returnsTo === undefined ? deviceNote : returnNote(returnsTo)}</p>`,
  };
}

const deviceNote = 'Allow only what you began yourself, on a device that is yours.';

function returnNote(host: string): string {
  return isLoopback(host)
    ? 'You will return to a program on this computer. Allow only what you began yourself.'
    : `You will return to ${host}. Allow only what you began yourself.`;
}
