/** The places of the window, in the order of the side bar. */
import { Activity, Box, CircleUser, MonitorSmartphone, Settings, type LucideIcon } from 'lucide-react';
import type { Place } from '../../shared/desktop.ts';

export interface PlaceEntry {
  readonly place: Exclude<Place['place'], 'add'>;
  readonly label: string;
  readonly icon: LucideIcon;
}

export const places: readonly PlaceEntry[] = [
  { place: 'containers', label: 'Containers', icon: Box },
  { place: 'activity', label: 'Activity', icon: Activity },
  { place: 'clients', label: 'Clients', icon: MonitorSmartphone },
  { place: 'accounts', label: 'Accounts', icon: CircleUser },
  { place: 'settings', label: 'Settings', icon: Settings },
];
