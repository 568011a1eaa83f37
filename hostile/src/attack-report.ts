/** What became of the attackers. */
export interface AttackReport {
  /** Connections that were made. */
  readonly connections: number;
  /** Of these, those that the attackers still hold open. */
  readonly open: number;
  /** Counts by the end of a connection: `open`, `closed`, `reset`. */
  readonly ends: Readonly<Record<string, number>>;
  /** Counts by the code of the last GOAWAY. */
  readonly goaways: Readonly<Record<string, number>>;
  /** Counts of calls by their grpc-status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Counts of calls by the code of their reset. */
  readonly resets: Readonly<Record<string, number>>;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly seconds: number;
  /** What the attackers found wrong. */
  readonly faults: readonly string[];
}
