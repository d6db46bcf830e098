/** Tabs of one thing's sides. */
import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly label: string;
  /** A number, or a word of warning. */
  readonly badge?: ReactNode;
  readonly content: ReactNode;
}

interface TabsProps<Id extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Id>[];
  readonly chosen: Id;
  readonly onChoose: (id: Id) => void;
}

/** Only the chosen one is rendered. */
export function Tabs<Id extends string>({ label, tabs, chosen, onChoose }: TabsProps<Id>) {
  return (
    <Radix.Root
      value={chosen}
      onValueChange={(id) => onChoose(id as Id)}
      className="flex min-h-0 flex-1 flex-col"
    >
      <Radix.List
        aria-label={label}
        className="flex shrink-0 gap-4 overflow-x-auto border-b border-line px-5"
      >
        {tabs.map(({ id, label: title, badge }) => (
          <Radix.Trigger
            key={id}
            value={id}
            className="flex h-9 shrink-0 items-center gap-1.5 border-b-2 border-transparent text-soft -outline-offset-2 hover:text-text data-[state=active]:border-text data-[state=active]:text-text"
          >
            {title}
            {badge}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map(({ id, content }) => (
        <Radix.Content
          key={id}
          value={id}
          className="min-h-0 flex-1 overflow-y-auto px-5 py-4 -outline-offset-2"
        >
          {content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
