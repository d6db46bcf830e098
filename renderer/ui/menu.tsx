/** What else can be done with something, behind a button. */
import type { LucideIcon } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import { Fragment, useRef, type ReactNode } from 'react';

export interface MenuItem {
  readonly label: string;
  readonly icon?: LucideIcon;
  readonly onSelect: () => void;
  readonly danger?: boolean;
  readonly disabled?: boolean;
}

interface MenuProps {
  readonly trigger: ReactNode;
  /** Groups, with a line between them. */
  readonly groups: readonly (readonly MenuItem[])[];
}

// In its place in the page, inside of a landmark. Not modal: a modal one locks scrolling with a <style> element, which the Content-Security-Policy refuses.
export function Menu({ trigger, groups }: MenuProps) {
  const chosen = useRef<() => void>(undefined);
  /** Only once the focus is back where it was: a dialog that is opened gives it back to there. */
  const perform = () => {
    const action = chosen.current;
    chosen.current = undefined;
    if (action !== undefined) queueMicrotask(action);
  };
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Content
        align="end"
        sideOffset={4}
        collisionPadding={8}
        onCloseAutoFocus={perform}
        className="z-50 min-w-44 animate-appear rounded-lg bg-raised p-1 shadow-menu outline-none"
      >
        {groups
          .filter((group) => group.length > 0)
          .map((group, index) => (
            <Fragment key={group[0]?.label ?? index}>
              {index > 0 && <Radix.Separator className="mx-2 my-1 h-px bg-line" />}
              {group.map(({ label, icon: Icon, onSelect, danger = false, disabled = false }) => (
                <Radix.Item
                  key={label}
                  disabled={disabled}
                  onSelect={() => (chosen.current = onSelect)}
                  className={`flex h-7 items-center gap-2 rounded-sm px-2 outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-picked ${danger ? 'text-bad' : ''}`}
                >
                  {Icon !== undefined && <Icon aria-hidden className="size-3.5 opacity-75" />}
                  {label}
                </Radix.Item>
              ))}
            </Fragment>
          ))}
      </Radix.Content>
    </Radix.Root>
  );
}
