import type { CertificateFiles } from "../certificate.js";
import type { Child, Outcomes } from "./child.js";

/** Where a foreign client finds a server of ours. */
export interface Whereabouts {
  readonly port: number;
  readonly tls: boolean;
}

/** The interoperability programs of another implementation. */
export interface ForeignPeer {
  readonly name: string;
  /** What a server of ours that its client calls, or its own server, shows as its certificate. */
  readonly certificate: CertificateFiles;
  /** The name that this certificate proves. */
  readonly serverName: string;
  /** The cases that its client has. */
  readonly cases: readonly string[];
  /** Runs these cases of its client. */
  runCases(names: readonly string[], where: Whereabouts): Promise<Outcomes>;
  /** Starts its server; `ready[1]` is the port. */
  startServer(tls: boolean): Promise<Child>;
  /** Removes what was made for it. */
  close(): void;
}

/** A peer, or why it is left out. */
export type FoundPeer = ForeignPeer | { readonly name: string; readonly leftOut: string };
