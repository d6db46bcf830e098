/** An error of the core or the desktop: what happened, what to do, and the way to try again. */
import type { ReactNode } from 'react';
import type { ErrorReport } from '../../shared/errors.ts';
import { ownHelp } from '../../shared/own-help.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';

interface FailedProps {
  readonly error: Pick<ErrorReport, 'message' | 'help'>;
  /** What did not work: "Its tools could not be listed". */
  readonly title?: string;
  readonly onRetry?: () => void;
  readonly action?: ReactNode;
  readonly className?: string;
}

export function Failed({ error, title, onRetry, action, className = '' }: FailedProps) {
  const help = ownHelp(error.help);
  const retry = onRetry === undefined ? undefined : <Button onClick={onRetry}>Try again</Button>;
  return (
    <Notice tone="bad" title={title ?? error.message} action={action ?? retry} className={className}>
      {title !== undefined && `${error.message} `}
      {help}
    </Notice>
  );
}
