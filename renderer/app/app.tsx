/** The window as a whole: what is shown before the core is there, the first run, and then the places. */
import { lazy, Suspense, useEffect } from 'react';
import type { Place } from '../../shared/desktop.ts';
import { ContainersPlace } from '../features/containers/containers-place.tsx';
import { useBridge, useCell, useDesktop, useSnapshot, useStore } from './context.ts';
import { CoreBanner, CoreMissing } from './core-state.tsx';
import { SideBar } from './side-bar.tsx';
import { Toaster } from './toaster.tsx';
import { useKeys } from './use-keys.ts';

// The first place is drawn before the script of the others is read.
const AddContainer = lazy(async () => ({
  default: (await import('../features/add/add-container.tsx')).AddContainer,
}));
const ActivityPlace = lazy(async () => ({
  default: (await import('../features/activity/activity-place.tsx')).ActivityPlace,
}));
const ClientsPlace = lazy(async () => ({
  default: (await import('../features/clients/clients-place.tsx')).ClientsPlace,
}));
const AccountsPlace = lazy(async () => ({
  default: (await import('../features/accounts/accounts-place.tsx')).AccountsPlace,
}));
const SettingsPlace = lazy(async () => ({
  default: (await import('../features/settings/settings-place.tsx')).SettingsPlace,
}));
const Welcome = lazy(async () => ({ default: (await import('../features/welcome/welcome.tsx')).Welcome }));
const Prompts = lazy(async () => ({ default: (await import('./prompts.tsx')).Prompts }));

export function App() {
  const desktop = useDesktop();
  const snapshot = useSnapshot();
  const bridge = useBridge();
  const led = useCell(useStore().led);
  const known = desktop !== undefined;
  useEffect(() => {
    // The first thing to be seen is the window as it will be.
    if (known) void bridge.desktop['window.ready']({});
  }, [bridge, known]);
  if (desktop === undefined) return null;
  if (snapshot === undefined) return <CoreMissing desktop={desktop} />;
  return (
    <>
      <Suspense>{desktop.preferences.firstRunDone || led ? <Places /> : <Welcome />}</Suspense>
      <Suspense>
        <Prompts />
      </Suspense>
      <Toaster />
    </>
  );
}

function Places() {
  useKeys();
  const here = useCell(useStore().place);
  return (
    <div className="grid h-dvh grid-cols-[13rem_minmax(0,1fr)] max-sm:grid-cols-[3rem_minmax(0,1fr)]">
      <SideBar />
      <main className="flex min-h-0 min-w-0 flex-col bg-page">
        <CoreBanner />
        <div className="min-h-0 flex-1">
          <Suspense>
            <PlaceOf here={here} />
          </Suspense>
        </div>
      </main>
    </div>
  );
}

function PlaceOf({ here }: { here: Place }) {
  switch (here.place) {
    case 'containers':
      return <ContainersPlace chosen={here.container} tab={here.tab} />;
    case 'add':
      // Another link is another form.
      return <AddContainer key={`${here.url ?? ''} ${here.name ?? ''}`} url={here.url} name={here.name} />;
    case 'activity':
      return <ActivityPlace />;
    case 'clients':
      return <ClientsPlace />;
    case 'accounts':
      return <AccountsPlace />;
    case 'settings':
      return <SettingsPlace />;
  }
}
