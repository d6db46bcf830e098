/** Adding a container to a client, from wherever the container is shown. */
import { Dialog } from '../../ui/dialog.tsx';
import { ContainerClients } from '../containers/container-clients.tsx';

export function ConnectDialog({ container, onClose }: { container: string; onClose: () => void }) {
  return (
    <Dialog
      title={`Clients of ${container}`}
      about="Which programs have it in their config. You see what changes before anything is written."
      onClose={onClose}
    >
      <ContainerClients name={container} />
    </Dialog>
  );
}
