/** API tokens of the platform account, for programs that cannot sign in. */
import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { TokenRow } from '../../../shared/platform-api.ts';
import { useAnswer, useBridge, useCommand, useNow, useSnapshot, useToast } from '../../app/context.ts';
import { Failed } from '../../app/failed.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Waiting } from '../../ui/empty.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { Row, Section } from '../../ui/rows.tsx';
import { dateText, untilText } from '../../ui/words.ts';
import { TokenDialog } from './token-dialog.tsx';

export function ApiTokens() {
  const bridge = useBridge();
  const now = useNow();
  // Of another account nothing is shown, not even meanwhile.
  const listed = useAnswer(`tokens ${useSnapshot()?.signIns ?? ''}`, () => bridge.core['tokens.list']({}));
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<string>();
  const revoked = listed.value?.find(({ id }) => id === revoking);
  return (
    <Section
      title="API tokens"
      about="For programs that cannot sign in. Their secret is shown once."
      action={
        <Button icon={Plus} onClick={() => setMaking(true)}>
          Create token…
        </Button>
      }
    >
      {listed.error !== undefined && (
        <Failed
          error={listed.error}
          title="They could not be listed"
          onRetry={listed.reload}
          className="my-2"
        />
      )}
      {listed.value === undefined && listed.error === undefined && <Waiting>Asking the platform…</Waiting>}
      {listed.value?.length === 0 && <p className="py-3 text-soft">There are none yet.</p>}
      {listed.value?.map((token) => {
        const until = Date.parse(token.expires_at);
        return (
          <Row
            key={token.id}
            label={<Foreign text={token.name} className="font-medium" />}
            about={
              <>
                {token.scopes.join(' · ')}
                {token.issued_for === 'platform_harness' && ' · made by the platform'}
              </>
            }
          >
            <span className="tabular" title={dateText(until)}>
              {until < now ? 'Expired' : `Expires ${untilText(until, now)}`}
            </span>
            <Button kind="danger" onClick={() => setRevoking(token.id)}>
              Revoke…<span className="sr-only"> {token.name}</span>
            </Button>
          </Row>
        );
      })}
      {making && (
        <TokenDialog
          onClose={() => {
            setMaking(false);
            listed.reload();
          }}
        />
      )}
      {revoked !== undefined && (
        <RevokeDialog
          token={revoked}
          onClose={() => setRevoking((open) => (open === revoking ? undefined : open))}
          onDone={listed.reload}
        />
      )}
    </Section>
  );
}

interface RevokeProps {
  readonly token: TokenRow;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function RevokeDialog({ token, onClose, onDone }: RevokeProps) {
  const bridge = useBridge();
  const toast = useToast();
  const revoke = useCommand(bridge.core['tokens.revoke']);
  const confirm = async () => {
    if ((await revoke.run({ id: token.id })) === undefined) return;
    onDone();
    onClose();
    toast({ tone: 'good', words: 'The token is revoked.' });
  };
  return (
    <Dialog
      title={
        <>
          Revoke <Foreign text={token.name} wraps />?
        </>
      }
      about="Whatever uses it is refused from now on. It cannot be put back."
      onClose={onClose}
      actions={
        <>
          <Button autoFocus onClick={onClose}>
            Cancel
          </Button>
          <Button kind="danger" pending={revoke.pending && 'Revoking…'} onClick={() => void confirm()}>
            Revoke
          </Button>
        </>
      }
    >
      {revoke.error !== undefined && <Failed error={revoke.error} />}
    </Dialog>
  );
}
