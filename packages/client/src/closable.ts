/** A client that owns its channel. */
export interface Closable {
  /** Takes no new calls; those in flight have `graceMs` (default 0) to finish. Never rejects. */
  close(graceMs?: number): Promise<void>;
}
