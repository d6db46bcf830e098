/** What the control API needs of the core, which hands it in. */
import type { Container, ProbeReport } from '../../shared/container.ts';
import type { FairleadError, PinMismatch } from '../../shared/errors.ts';
import type { PendingConsent } from '../../shared/policy.ts';
import type { Activity, Snapshot } from '../../shared/status.ts';
import type { DefinitionMemory } from '../containers/definition-memory.ts';
import type { ProgramMemory } from '../containers/program-memory.ts';
import type { Registry } from '../containers/registry.ts';
import type { Broker, TlsIdentity } from '../credentials/broker.ts';
import type { Account } from '../platform/account.ts';
import type { PlatformClient } from '../platform/client.ts';
import type { LiveContainers } from '../platform/live-containers.ts';
import type { Send } from '../credentials/exchange.ts';
import type { Vault } from '../credentials/vault.ts';
import type { InTurn } from '../runtime/in-turn.ts';
import type { Secret } from '../runtime/secret.ts';
import type { AuditLog } from './audit-log.ts';
import type { LogStore } from './log-store.ts';
import type { Loopback } from './trial.ts';

/** The core's live state. Both registrations return the function that ends them. */
export interface Observatory {
  snapshot(): Snapshot | Promise<Snapshot>;
  onChange(listener: () => void): () => void;
  /** The last requests, oldest first. */
  activity(count: number): Activity[];
  onActivity(listener: (activity: Activity) => void): () => void;
}

/** How `upstream/` would reach a container. */
export interface Network {
  /** Throws usage where a file names no authority that could be trusted. */
  checkAuthorities(file: string): Promise<void>;
  /** The proxy's address without user name and password; undefined: directly. Throws proxy_failed. */
  proxyFor(url: URL): URL | undefined;
  /** Opens a TCP connection and closes it. Throws what a request would meet. */
  dial(target: { host: string; port: number }): Promise<void>;
  /** Agrees on TLS, pins included, and sends nothing. Throws what a request would meet. */
  shakeHands(
    container: Container,
    target: { host: string; port: number },
  ): Promise<{
    protocol: string | undefined;
    validTo: string | undefined;
    print: string | undefined;
    shown: TlsIdentity | undefined;
  }>;
}

export interface Pins {
  /** What has stopped the container of that name, until it is renewed. */
  stoppedBy(name: string): PinMismatch | undefined;
  /** Throws what keeps the key from being seen. */
  keyOf(container: Container): Promise<string>;
}

/** What the person hands in with a container. */
export interface GivenSecrets {
  /** Its key, or its OAuth client's secret. */
  readonly secret?: Secret | undefined;
  /** Of the key of its client certificate. */
  readonly passphrase?: Secret | undefined;
}

export interface ControlDeps {
  readonly version: string;
  /** The profile's folder. */
  readonly home: string;
  /** Where other programs' configs are kept as they were. */
  readonly backups: string;
  /** Where the built programs lie: this one, the endpoint. */
  readonly programFolder: string;
  readonly registry: Registry;
  /** By a container's name: whoever adds it, removes it, or keeps something for it. */
  readonly inTurn: InTurn;
  readonly broker: Broker;
  readonly account: Account;
  /** The platform's API, for the account. */
  readonly client: PlatformClient;
  /** The account's containers as the platform has them. */
  readonly live: LiveContainers;
  readonly vault: Pick<Vault, 'kind' | 'check'>;
  /** Asks a server what it is, with what was given for it. Never throws for what the server does. */
  probe(container: Container, given?: GivenSecrets): Promise<ProbeReport>;
  /** Connections without a credential, to see what the container asks of a stranger. */
  stranger(container: Container): { readonly send: Send; close(): Promise<void> };
  /** A session of the core's own with a configured container. Throws container_unknown where it was removed meanwhile. */
  openLoopback(container: Container): Loopback;
  /** The version of MCP's newer era that a configured container takes; undefined: none, or it would not say. Rejects likewise. */
  newerVersion(container: Container): Promise<string | undefined>;
  /** What stands between a container and a server whose key is none of its pins. */
  readonly pins: Pins;
  /** Ends a container's connections, so that its clients come back by its settings as they are now. */
  renew(container: Container): Promise<void>;
  /** Ends a container's sessions and connections. */
  retire(container: Container): Promise<void>;
  /** What is known of containers' tools. */
  readonly definitions: Pick<DefinitionMemory, 'of' | 'forget'>;
  /** Which programs have used which container. */
  readonly programs: Pick<ProgramMemory, 'forget'>;
  /** Programs that wait for the person. */
  readonly consents: { pending(): readonly PendingConsent[] };
  /** Connections are opened anew, and what has to be renewed is, before the next call would wait for it. Never rejects. */
  reconnect(): Promise<void>;
  /** Ends what all clients wait for, with this error. */
  interrupt(error: FairleadError): void;
  readonly network: Network;
  readonly observatory: Observatory;
  readonly logs: Pick<LogStore, 'last' | 'onEntry'>;
  readonly audit: Pick<AuditLog, 'read' | 'append'>;
  /** Begins to end the core. */
  stop(): void;
}
