/** A container's tools: which there are, which of them clients get, and what has changed about them. */
import { Search, Wrench } from 'lucide-react';
import { useState } from 'react';
import { countText } from '../../../shared/count-text.ts';
import type { ListedTool } from '../../../shared/control.ts';
import type { ContainerStatus } from '../../../shared/status.ts';
import { useAnswer, useBridge, useSnapshot, useToast } from '../../app/context.ts';
import { Failed } from '../../app/failed.tsx';
import { failure } from '../../app/prompt.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, Waiting } from '../../ui/empty.tsx';
import { inputLook } from '../../ui/field.tsx';
import { Asleep, isAsleep } from './asleep.tsx';
import { ChangeLevel } from './change-level.tsx';
import { ToolChangeDialog, type ShownChange } from './tool-change-dialog.tsx';
import { ToolRow } from './tool-row.tsx';

export function Tools({ status }: { status: ContainerStatus }) {
  const { name } = status.container;
  const bridge = useBridge();
  const toast = useToast();
  const changed = useSnapshot()?.changedTools.filter(({ container }) => container === name) ?? [];
  const again = `${status.credential} ${JSON.stringify(changed)}`;
  const listed = useAnswer(`tools ${name}`, () => bridge.core['tools.list']({ name }), {
    again,
    waits: isAsleep(status),
  });
  const [typed, setTyped] = useState('');
  const [shown, setShown] = useState<ShownChange>();

  const turn = async (tool: string, on: boolean) => {
    const answer = await bridge.core['policy.rule']({ name, rule: on ? { allow: tool } : { deny: tool } });
    if (!answer.ok) toast(failure(answer.error));
    listed.reload();
  };

  if (listed.value === undefined) {
    if (listed.error === undefined && !listed.pending)
      return <Asleep what="What it can do is seen once it runs." onWake={listed.reload} />;
    if (listed.error === undefined) return <Waiting>Asking it for its tools…</Waiting>;
    return <Failed error={listed.error} title="Its tools could not be listed" onRetry={listed.reload} />;
  }
  const { tools, instructions } = listed.value;
  const differs = ({ state }: ListedTool) => state === 'changed' || state === 'held';
  const wanted = typed.toLowerCase().trim();
  const found = tools
    .filter(({ name: tool, description = '' }) => `${tool} ${description}`.toLowerCase().includes(wanted))
    .sort((a, b) => Number(differs(b)) - Number(differs(a)));
  const on = tools.filter(({ state }) => state !== 'off').length;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center gap-3">
        <div className="relative min-w-0 flex-1">
          <Search aria-hidden className="absolute top-2.5 left-2.5 size-3.5 text-faint" />
          <input
            aria-label="Search tools"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            placeholder="Search tools"
            spellCheck={false}
            className={`${inputLook} pl-8`}
          />
        </div>
        <span role="status" className="shrink-0 text-xs text-faint tabular">
          {wanted === '' ? `${on} of ${countText(tools.length, 'tool')} on` : countText(found.length, 'tool')}
        </span>
      </div>
      {listed.error !== undefined && <Failed error={listed.error} onRetry={listed.reload} />}
      {instructions !== undefined && (
        <div className="flex items-center gap-3 rounded-md bg-warn-wash px-3 py-2">
          <p className="flex-1">
            Its instructions changed{instructions.held && ', and clients get the old ones'}.
          </p>
          <Button onClick={() => setShown({ ...instructions, what: 'instructions' })}>Review…</Button>
        </div>
      )}
      {tools.length === 0 ? (
        <Empty icon={Wrench} title="It has no tools" />
      ) : (
        <ul className="divide-y divide-line border-y border-line">
          {found.map((tool) => (
            <ToolRow
              key={tool.name}
              tool={tool}
              onTurn={(to) => void turn(tool.name, to)}
              onReview={() =>
                tool.change &&
                setShown({ ...tool.change, what: 'tool', tool: tool.name, held: tool.state === 'held' })
              }
            />
          ))}
        </ul>
      )}
      {tools.length > 0 && found.length === 0 && <p className="text-soft">No tool is called that.</p>}
      <ChangeLevel name={name} ofAccount={status.container.platform !== undefined} />
      {shown !== undefined && (
        <ToolChangeDialog
          container={name}
          change={shown}
          onClose={() => setShown((open) => (open === shown ? undefined : open))}
          onAnswered={listed.reload}
        />
      )}
    </div>
  );
}
