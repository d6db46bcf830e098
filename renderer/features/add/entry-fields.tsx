/** How the new container is entered, where the person knows better than what was found. */
import type { ProbeReport } from '../../../shared/container.ts';
import { Choice, Field, TextField } from '../../ui/field.tsx';
import type { DraftForm, EntryMethod } from './draft-form.ts';
import { FileField } from './file-field.tsx';

interface FieldsProps {
  readonly form: DraftForm;
  readonly onChange: (change: Partial<DraftForm>) => void;
}

const methods: readonly (readonly [EntryMethod, string])[] = [
  ['found', 'As found'],
  ['none', 'Without a sign-in'],
  ['api_key', 'With a key'],
  ['oauth', 'With a sign-in of its own'],
  ['identity', 'With Google, GitHub, Auth0 …'],
  ['client_credentials', 'With client credentials'],
  ['platform_token', 'With your account'],
];

export function EntryFields({ form, onChange, found }: FieldsProps & { found: ProbeReport | undefined }) {
  const { method } = form;
  const wantsKey =
    method === 'api_key' ||
    (method === 'found' && found?.outcome === 'auth_required' && found.challenge !== 'oauth');
  return (
    <div className="grid grid-cols-2 items-start gap-4 max-sm:grid-cols-1">
      <Field label="How you enter it">
        {(tie) => (
          <Choice
            {...tie}
            value={method}
            options={methods}
            onChange={(next) => onChange({ method: next })}
            className="h-8!"
          />
        )}
      </Field>
      {wantsKey && <Secret label="Key" form={form} onChange={onChange} />}
      {method === 'api_key' && (
        <TextField
          label="Header"
          value={form.header}
          onChange={(header) => onChange({ header })}
          hint="Authorization sends it as Bearer."
          mono
        />
      )}
      {method === 'identity' && <ProviderFields form={form} onChange={onChange} />}
      {(method === 'oauth' || method === 'identity' || method === 'client_credentials') && (
        <TextField
          label={method === 'oauth' ? 'Client ID (optional)' : 'Client ID'}
          value={form.clientId}
          onChange={(clientId) => onChange({ clientId })}
          mono
        />
      )}
      {method === 'client_credentials' && (
        <>
          <Secret label="Client secret" form={form} onChange={onChange} />
          <FileField
            label="Or a private key"
            purpose="key"
            value={form.key}
            onChange={(key) => onChange({ key })}
          />
        </>
      )}
      {(method === 'oauth' || method === 'identity') && (
        <Field label="Where you sign in">
          {(tie) => (
            <Choice
              {...tie}
              value={form.grant}
              className="h-8!"
              options={[
                ['code', 'In this machine’s browser'],
                ['device', 'Anywhere, with a code'],
              ]}
              onChange={(grant) => onChange({ grant })}
            />
          )}
        </Field>
      )}
      {(method === 'oauth' || method === 'identity' || method === 'client_credentials') && (
        <TextField
          label="Scopes (optional)"
          value={form.scope}
          onChange={(scope) => onChange({ scope })}
          mono
        />
      )}
    </div>
  );
}

function Secret({ label, form, onChange }: FieldsProps & { label: string }) {
  return (
    <TextField
      label={label}
      type="password"
      value={form.secret}
      onChange={(secret) => onChange({ secret })}
      hint="It goes to your system’s keychain."
      mono
    />
  );
}

function ProviderFields({ form, onChange }: FieldsProps) {
  return (
    <>
      <Field label="Provider">
        {(tie) => (
          <Choice
            {...tie}
            value={form.provider}
            className="h-8!"
            options={[
              ['google', 'Google'],
              ['github', 'GitHub'],
              ['auth0', 'Auth0'],
              ['other', 'Another one'],
            ]}
            onChange={(provider) => onChange({ provider })}
          />
        )}
      </Field>
      {form.provider === 'other' && (
        <TextField
          label="Its address"
          value={form.issuer}
          onChange={(issuer) => onChange({ issuer })}
          placeholder="https://login.example.com"
          mono
        />
      )}
      {form.provider === 'auth0' && (
        <TextField
          label="Domain"
          value={form.domain}
          onChange={(domain) => onChange({ domain })}
          placeholder="example.eu.auth0.com"
          mono
        />
      )}
    </>
  );
}

/** What of the connection the person decides: for servers of their own. */
export function ConnectionFields({ form, onChange }: FieldsProps) {
  return (
    <div className="grid grid-cols-2 items-start gap-4 max-sm:grid-cols-1">
      <Field label="Transport">
        {(tie) => (
          <Choice
            {...tie}
            value={form.transport}
            className="h-8!"
            options={[
              ['auto', 'Found by probing'],
              ['http', 'Streamable HTTP'],
              ['sse', 'HTTP + SSE'],
            ]}
            onChange={(transport) => onChange({ transport })}
          />
        )}
      </Field>
      <FileField
        label="Certificate authority"
        purpose="ca"
        value={form.ca}
        onChange={(ca) => onChange({ ca })}
      />
      <FileField
        label="Client certificate"
        purpose="certificate"
        value={form.cert}
        onChange={(cert) => onChange({ cert })}
      />
      <FileField label="Its key" purpose="key" value={form.key} onChange={(key) => onChange({ key })} />
      <FileField
        label="Or both in one file (PKCS #12)"
        purpose="pkcs12"
        value={form.pkcs12}
        onChange={(pkcs12) => onChange({ pkcs12 })}
      />
      <TextField
        label="Passphrase of the key"
        type="password"
        value={form.passphrase}
        onChange={(passphrase) => onChange({ passphrase })}
        mono
      />
    </div>
  );
}
