/** A question or a task in front of everything else. Radix keeps the focus inside and gives it back. */
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useFocusBack } from './focus-back.ts';
import { Button, IconButton } from './button.tsx';

interface DialogProps {
  readonly title: ReactNode;
  /** One sentence under the title. */
  readonly about?: ReactNode;
  readonly onClose: () => void;
  /** Nothing closes it: what is under way has to be seen to its end. */
  readonly busy?: boolean;
  readonly children?: ReactNode;
  /** What the button says that only closes it; absent: there is none besides the cross. */
  readonly cancel?: string;
  /** Further buttons, the one that is meant last. */
  readonly actions?: ReactNode;
  readonly wide?: boolean;
}

// Radix's own overlay brings a <style> element along, which the page's Content-Security-Policy refuses: a plain one does.
export function Dialog({
  title,
  about,
  onClose,
  busy = false,
  children,
  cancel,
  actions,
  wide = false,
}: DialogProps) {
  const giveBack = useFocusBack();
  return (
    <Radix.Root open onOpenChange={(open) => !open && !busy && onClose()}>
      <Radix.Portal>
        <div className="pointer-events-none fixed inset-0 z-50 grid place-items-center p-4">
          <div aria-hidden className="absolute inset-0 animate-appear bg-scrim" />
          <Radix.Content
            onCloseAutoFocus={giveBack}
            {...(about === undefined && { 'aria-describedby': undefined })}
            className={`pointer-events-auto relative flex max-h-full w-full animate-appear flex-col overflow-hidden rounded-lg bg-raised shadow-dialog outline-none ${wide ? 'max-w-2xl' : 'max-w-md'}`}
          >
            <header className="flex items-start gap-3 px-5 pt-4">
              <div className="min-w-0 flex-1">
                <Radix.Title className="min-w-0 text-md font-semibold wrap-anywhere">{title}</Radix.Title>
                {about !== undefined && (
                  <Radix.Description asChild>
                    <div className="mt-1 text-soft">{about}</div>
                  </Radix.Description>
                )}
              </div>
              <Radix.Close asChild>
                <IconButton icon={X} label="Close" disabled={busy} className="-mt-0.5 -mr-2" />
              </Radix.Close>
            </header>
            <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
            {actions !== undefined && (
              <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">
                {cancel !== undefined && (
                  <Button disabled={busy} onClick={onClose}>
                    {cancel}
                  </Button>
                )}
                {actions}
              </footer>
            )}
          </Radix.Content>
        </div>
      </Radix.Portal>
    </Radix.Root>
  );
}
