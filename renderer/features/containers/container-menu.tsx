/** What can be done with a container as a whole. */
import { Clipboard, Ellipsis, KeyRound, LogIn, LogOut, Play, Plug, Square, Trash2 } from 'lucide-react';
import type { Result } from '../../../shared/desktop.ts';
import type { ContainerStatus } from '../../../shared/status.ts';
import { useBridge, usePrompt, useToast } from '../../app/context.ts';
import { hasSignIn } from '../../app/describe.ts';
import { failure } from '../../app/prompt.ts';
import { IconButton } from '../../ui/button.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';

export function ContainerMenu({ status }: { status: ContainerStatus }) {
  const bridge = useBridge();
  const prompt = usePrompt();
  const toast = useToast();
  const { container, platform, credential } = status;
  const { name } = container;
  const tell = (asked: Promise<Result<unknown>>, done: string) =>
    void asked.then((answer) => toast(answer.ok ? { tone: 'good', words: done } : failure(answer.error)));

  const signIn: MenuItem[] = hasSignIn(container)
    ? [
        {
          label: credential === 'present' ? 'Sign in again…' : 'Sign in…',
          icon: LogIn,
          onSelect: () => prompt({ kind: 'sign-in', container: name, fresh: credential === 'present' }),
        },
        ...(credential === 'present'
          ? [
              {
                label: 'Sign out',
                icon: LogOut,
                onSelect: () => tell(bridge.core['auth.forget']({ name }), `Signed out of ${name}.`),
              },
            ]
          : []),
      ]
    : [];
  const key: MenuItem[] =
    container.auth.method === 'api_key'
      ? [
          {
            label: credential === 'present' ? 'Replace key…' : 'Enter key…',
            icon: KeyRound,
            onSelect: () => prompt({ kind: 'key', container: name }),
          },
        ]
      : [];
  const hosted: MenuItem[] =
    container.platform?.type !== 'hosted'
      ? []
      : platform === 'running'
        ? [
            {
              label: 'Stop',
              icon: Square,
              onSelect: () => tell(bridge.core['platform.stop']({ name }), `${name} is stopped.`),
            },
          ]
        : [
            {
              label: 'Start',
              icon: Play,
              onSelect: () => tell(bridge.core['platform.start']({ name }), `${name} is running.`),
            },
          ];
  const remove: MenuItem[] =
    container.platform === undefined
      ? [
          {
            label: 'Remove…',
            icon: Trash2,
            danger: true,
            onSelect: () => prompt({ kind: 'remove', container: name }),
          },
        ]
      : [];
  return (
    <Menu
      trigger={<IconButton icon={Ellipsis} label={`More for ${name}`} />}
      groups={[
        [
          {
            label: 'Add to a client…',
            icon: Plug,
            onSelect: () => prompt({ kind: 'connect', container: name }),
          },
          {
            label: 'Copy config',
            icon: Clipboard,
            onSelect: () =>
              tell(bridge.desktop['config.copy']({ container: name }), 'The config is on the clipboard.'),
          },
        ],
        [...signIn, ...key, ...hosted],
        remove,
      ]}
    />
  );
}
