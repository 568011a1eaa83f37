/** What a team writes that uses one of the peers: the same program for each. */
export interface Project {
  readonly name: string;
  /** `plugins` of `buf.gen.yaml`, without `out`. */
  readonly plugins: readonly object[];
  /**
   * A file of one service: a server with all methods, and a client that calls each and looks at
   * what its errors carry, as far as the peer can.
   */
  sourceOf(service: number): string;
}
