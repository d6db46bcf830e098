/** The containers that are there in the first run, and the way to another. */
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { conditionOf } from '../../../shared/condition.ts';
import { useSnapshot } from '../../app/context.ts';
import { entryText } from '../../app/describe.ts';
import { mendOf } from '../../app/mend.ts';
import { mendText, useMend } from '../../app/use-mend.ts';
import { Button } from '../../ui/button.tsx';
import { Dot } from '../../ui/dot.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { Row } from '../../ui/rows.tsx';
import { hostOf } from '../../ui/words.ts';
import { FromUrl } from '../add/from-url.tsx';

export function ContainerChoice() {
  const snapshot = useSnapshot();
  const mend = useMend();
  const count = snapshot?.containers.length ?? 0;
  /** How many there were when the person asked for another. */
  const [adding, setAdding] = useState<number>();
  if (snapshot === undefined) return null;
  return (
    <>
      <div className="divide-y divide-line border-y border-line">
        {snapshot.containers.map((status) => {
          const { name, url } = status.container;
          const { kind, tone, words } = conditionOf(status, snapshot);
          const way = mendOf(kind);
          return (
            <Row
              key={name}
              label={<Foreign text={name} className="font-medium" />}
              about={
                <>
                  <bdi>{hostOf(url)}</bdi> · {entryText(status.container)}
                </>
              }
            >
              <span className="flex items-center gap-1.5">
                <Dot tone={tone} />
                {words}
              </span>
              {way !== undefined && way !== 'health' && way !== 'tools' && (
                <Button onClick={() => mend(name, way)}>{mendText[way]}</Button>
              )}
            </Row>
          );
        })}
      </div>
      {adding === count ? (
        <FromUrl url={undefined} name={undefined} />
      ) : (
        <Button icon={Plus} className="self-start" onClick={() => setAdding(count)}>
          Add another
        </Button>
      )}
    </>
  );
}
