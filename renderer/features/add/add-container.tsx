/** The ways to a new container. */
import { useState } from 'react';
import { Page } from '../../ui/page.tsx';
import { Segments } from '../../ui/segments.tsx';
import { FromAccount } from './from-account.tsx';
import { FromClients } from './from-clients.tsx';
import { FromUrl } from './from-url.tsx';

interface AddContainerProps {
  readonly url: string | undefined;
  readonly name: string | undefined;
}

export function AddContainer({ url, name }: AddContainerProps) {
  const [way, setWay] = useState<'url' | 'account' | 'import'>('url');
  return (
    <Page
      title="Add container"
      action={
        <Segments
          label="From where"
          value={way}
          options={[
            ['url', 'By address'],
            ['account', 'From your account'],
            ['import', 'From your clients'],
          ]}
          onChange={setWay}
        />
      }
    >
      {way === 'url' && <FromUrl url={url} name={name} />}
      {way === 'account' && <FromAccount />}
      {way === 'import' && <FromClients />}
    </Page>
  );
}
