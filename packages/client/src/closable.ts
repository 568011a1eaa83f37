/** A client that owns its channel. */
export interface Closable {
  /** No new calls; those in flight have `graceMs` (default 0) to end. Never rejects. */
  close(graceMs?: number): Promise<void>;
}
