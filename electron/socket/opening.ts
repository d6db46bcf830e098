/** What an endpoint says first: which container its client wants, and who the client is. */

export interface EndpointOpening {
  /** The command line behind `stdio`: a configured name, or a URL with the options of `add`. */
  readonly args: readonly string[];
  /** Where relative files in `args` are meant from. */
  readonly cwd: string;
  /** The values of the variables that `args` names with `--secret-env` or `--passphrase-env`; no other part of the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly pid: number;
  readonly parentPid: number;
}
