/** What the person's own server has to be told once it is registered. */
import type { Registration } from '../../../shared/platform-control.ts';
import { useGo } from '../../app/context.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Notice } from '../../ui/notice.tsx';
import { plain } from '../../ui/plain.ts';

interface RegisteredProps {
  readonly registration: Registration;
  readonly onClose: () => void;
}

export function Registered({ registration, onClose }: RegisteredProps) {
  const go = useGo();
  const { name, probe, pinned, setup } = registration;
  const found = probe.outcome === 'mcp' || probe.outcome === 'auth_required';
  const open = () => {
    onClose();
    if (name !== undefined) go({ place: 'containers', container: name });
  };
  return (
    <Dialog
      wide
      title={`${registration.row.name} is registered`}
      about="One thing is left: tell your server whom to let in."
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Close</Button>
          {name !== undefined && (
            <Button kind="primary" onClick={open}>
              Open {name}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {!found && (
          <Notice tone="warn" title="It does not answer as an MCP server yet">
            {plain(probe.summary)}
          </Notice>
        )}
        {pinned !== undefined && (
          <p className="text-soft">
            It is held to this key:{' '}
            <span className="selectable font-mono text-2xs wrap-anywhere">{pinned}</span>
          </p>
        )}
        <Snippet label="For its config.yaml" text={setup.config} />
        {setup.authority !== undefined && (
          <Snippet label="The root of your account’s certificates" text={setup.authority} />
        )}
      </div>
    </Dialog>
  );
}

function Snippet({ label, text }: { label: string; text: string }) {
  return (
    <div>
      <div className="flex items-center justify-between">
        <p className="text-xs font-medium text-soft">{label}</p>
        <CopyButton text={text} label={`Copy: ${label}`} />
      </div>
      <pre
        tabIndex={0}
        aria-label={label}
        className="selectable max-h-48 overflow-auto rounded-md bg-sunk p-3 font-mono text-2xs ring-1 ring-inset ring-line"
      >
        {plain(text)}
      </pre>
    </div>
  );
}
