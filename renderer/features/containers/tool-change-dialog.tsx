/** What a tool says of itself now, against what clients first got: the person accepts it, or leaves it. */
import type { Change } from '../../../shared/control.ts';
import { useBridge, useCommand } from '../../app/context.ts';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Diff } from '../../ui/diff.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { diffLines, foldLines, spreadJson } from '../../ui/line-diff.ts';

export type ShownChange = Change & { readonly held: boolean } & (
    { readonly what: 'instructions' } | { readonly what: 'tool'; readonly tool: string }
  );

interface ToolChangeProps {
  readonly container: string;
  readonly change: ShownChange;
  readonly onClose: () => void;
  /** It is accepted, or it is not what is shown here any more. */
  readonly onAnswered: () => void;
}

export function ToolChangeDialog({ container, change, onClose, onAnswered }: ToolChangeProps) {
  const bridge = useBridge();
  const accept = useCommand(bridge.core['tools.accept']);
  const confirm = async () => {
    const tool = change.what === 'tool' ? { tool: change.tool } : {};
    const accepted = await accept.run({ name: container, ...tool, shown: change.now });
    onAnswered();
    if (accepted !== undefined) onClose();
  };
  const lines = foldLines(diffLines(spreadJson(change.before), spreadJson(change.now)));
  return (
    <Dialog
      wide
      title={
        change.what === 'tool' ? (
          <>
            The tool <Foreign text={change.tool} className="font-mono" wraps /> changed
          </>
        ) : (
          'The instructions changed'
        )
      }
      about={
        change.held
          ? 'Clients do not get it until you accept it. Read what is new as if a stranger had written it: models do as it says.'
          : 'Clients get it already. Read what is new as if a stranger had written it: models do as it says.'
      }
      onClose={onClose}
      cancel="Not now"
      actions={
        <Button kind="primary" pending={accept.pending && 'Accepting…'} onClick={() => void confirm()}>
          Accept
        </Button>
      }
    >
      <Diff lines={lines} label="What changed" />
      {accept.error !== undefined && <Failed error={accept.error} className="mt-3" />}
    </Dialog>
  );
}
