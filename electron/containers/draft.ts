/** From what a person says of a container to the container itself, and the rules both have to keep. */
import type { Authentication, Container } from '../../shared/container.ts';
import type { ContainerDraft } from '../../shared/control.ts';
import { FairleadError } from '../../shared/errors.ts';
import { readAddress } from './address.ts';

/**
 * Builds the container that a draft describes.
 * @param auth how it is entered, where the draft leaves that open
 * @throws FairleadError usage, when its address or its files break a rule
 */
export function containerOf(name: string, draft: ContainerDraft, auth: Authentication): Container {
  const address = readAddress(draft.url);
  if (address.status === 'refused') {
    throw new FairleadError('usage', address.problem, {
      help: 'Give the address of its MCP endpoint alone.',
    });
  }
  const problem = tlsProblem(draft.tls);
  if (problem !== undefined) throw new FairleadError('usage', problem);
  return {
    name,
    url: address.url,
    transport: draft.transport,
    auth: draft.auth ?? auth,
    tls: draft.tls,
    ...(draft.account === undefined ? {} : { account: draft.account }),
    timeoutSeconds: draft.timeoutSeconds ?? 120,
  };
}

/** What is wrong with the TLS settings of a container that a person configured, or undefined. */
export function tlsProblem({ cert, key, pkcs12, clientCertificate }: Container['tls']): string | undefined {
  if (clientCertificate !== undefined)
    return "The platform issues certificates for its account's own containers only.";
  if (pkcs12 !== undefined && (cert !== undefined || key !== undefined))
    return 'A client certificate is given either with --pkcs12, or with --cert and --key.';
  if ((cert === undefined) === (key === undefined)) return undefined;
  return 'A client certificate needs both its file (--cert) and its private key (--key).';
}
