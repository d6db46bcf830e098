/** Stop 3's interface: what a session needs of the client at the other end of the socket. */

export interface ClientChannel {
  /**
   * Writes one JSON-RPC message to the client.
   * @param settles the sequence number of the client's message that this answers, 0 when it answers none
   * @param own an error of ours, not the container's
   * @returns false when the client reads too slowly: write no more than what is under way until `drained`
   */
  write(message: Uint8Array, settles: number, own: boolean): boolean;
  /** Nothing will be written for the client's message with this number. */
  settle(seq: number): void;
  /** The endpoint keeps this message of the client, to replay it to the next core; `release` takes that back. */
  retain(seq: number): void;
  release(seq: number): void;
  /** Ends the connection, after what was written has left. */
  close(): void;
}

/** What a channel tells its session. */
export interface ClientEvents {
  /** One line of the client. `replayed`: it was retained under an earlier core, and its answer is not wanted. */
  line(seq: number, bytes: Uint8Array, replayed: boolean): void;
  /** The client reads again. */
  drained(): void;
  /** The client's input has ended: answer what is in flight, briefly, then close. */
  ended(): void;
  /** The connection is gone. */
  closed(): void;
}
