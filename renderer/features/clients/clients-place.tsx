/** The programs on this machine that use MCP, and which containers each has. */
import { ChevronLeft, MonitorSmartphone, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { countText } from '../../../shared/count-text.ts';
import type { FoundClient } from '../../../shared/desktop.ts';
import { Failed } from '../../app/failed.tsx';
import { moveByArrows } from '../../ui/arrow-keys.ts';
import { IconButton } from '../../ui/button.tsx';
import { Empty, Waiting } from '../../ui/empty.tsx';
import { UnseenHeading } from '../../ui/page.tsx';
import { ClientDetail } from './client-detail.tsx';
import { useClients } from './use-clients.ts';

export function ClientsPlace() {
  const clients = useClients();
  const [chosen, setChosen] = useState<string>();
  const { value, error, pending, reload } = clients;
  if (value === undefined) {
    return (
      <div className="p-6">
        <UnseenHeading>Clients</UnseenHeading>
        {error === undefined ? (
          <Waiting>Looking for clients on this machine…</Waiting>
        ) : (
          <Failed error={error} title="The clients could not be looked for" onRetry={reload} />
        )}
      </div>
    );
  }
  const here = value.filter(({ found }) => found);
  const others = value.filter(({ found }) => !found);
  const shown = here.find(({ id }) => id === chosen) ?? here[0];
  if (shown === undefined) {
    return (
      <>
        <UnseenHeading>Clients</UnseenHeading>
        <Empty icon={MonitorSmartphone} title="No client found on this machine">
          Fairlead knows {others.map(({ title }) => title).join(', ')}. Once one of them has been started, it
          shows up here.
        </Empty>
      </>
    );
  }
  return (
    <div className="grid h-full min-h-0 grid-cols-[17rem_minmax(0,1fr)] max-md:grid-cols-1">
      {chosen !== undefined && <UnseenHeading className="md:hidden">Clients</UnseenHeading>}
      <section
        aria-label="Clients"
        className={`flex min-h-0 flex-col border-r border-line ${chosen === undefined ? '' : 'max-md:hidden'}`}
      >
        <header className="flex h-12 shrink-0 items-center justify-between pr-2 pl-4">
          <h1 className="text-md font-semibold">Clients</h1>
          <IconButton icon={RefreshCw} label="Look again" disabled={pending} onClick={reload} />
        </header>
        <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-3">
          <ul onKeyDown={(event) => moveByArrows(event, true)}>
            {here.map((client) => (
              <ClientRow
                key={client.id}
                client={client}
                chosen={client.id === shown.id}
                onChoose={() => setChosen(client.id)}
              />
            ))}
          </ul>
          {others.length > 0 && (
            <p className="px-2.5 pt-4 text-xs text-faint">
              Not found here: {others.map(({ title }) => title).join(', ')}.
            </p>
          )}
        </div>
      </section>
      <div className={`min-h-0 min-w-0 overflow-y-auto ${chosen === undefined ? 'max-md:hidden' : ''}`}>
        <IconButton
          icon={ChevronLeft}
          label="Back to all clients"
          className="mt-3 ml-3 md:hidden"
          onClick={() => setChosen(undefined)}
        />
        <ClientDetail key={shown.id} client={shown} onChanged={reload} />
      </div>
    </div>
  );
}

interface ClientRowProps {
  readonly client: FoundClient;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function ClientRow({ client: { title, entries, error }, chosen, onChoose }: ClientRowProps) {
  return (
    <li>
      <button
        type="button"
        data-row
        aria-current={chosen ? 'true' : undefined}
        onClick={onChoose}
        className="flex w-full flex-col rounded-md px-2.5 py-2 text-left hover:bg-hover aria-[current]:bg-picked"
      >
        <span className="font-medium">{title}</span>
        <span className={`text-xs ${error === undefined ? 'text-faint' : 'text-bad'}`}>
          {error !== undefined
            ? 'Config cannot be read'
            : entries.length === 0
              ? 'No container yet'
              : countText(entries.length, 'container')}
        </span>
      </button>
    </li>
  );
}
