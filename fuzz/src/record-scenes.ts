import type { CallKind } from "./input.js";

/** What is recorded of each pair of peers. */
export interface Scene {
  readonly name: string;
  /** Made one after another, on one connection. */
  readonly calls: readonly CallKind[];
  readonly messageBytes: number;
  readonly compress: boolean;
  /** Whether the server responds with an error and trailers. */
  readonly fails: boolean;
  /** Whether the client cancels each call after the first message. */
  readonly cancels: boolean;
  /** Whether the server goes away while the last call is in flight. */
  readonly goesAway: boolean;
}

const KINDS: readonly CallKind[] = ["unary", "clientStream", "serverStream", "bidiStream"];
const PLAIN: Omit<Scene, "name"> = {
  calls: KINDS,
  messageBytes: 5,
  compress: false,
  fails: false,
  cancels: false,
  goesAway: false,
};

/** Every scene; all servers respond to each message with itself. */
export const SCENES: readonly Scene[] = [
  { ...PLAIN, name: "kinds" },
  { ...PLAIN, name: "compressed", compress: true, messageBytes: 2_000 },
  { ...PLAIN, name: "errors", fails: true },
  { ...PLAIN, name: "cancels", calls: ["bidiStream", "bidiStream"], cancels: true },
  { ...PLAIN, name: "large", calls: ["bidiStream"], messageBytes: 20_000 },
  { ...PLAIN, name: "goaway", calls: ["unary", "bidiStream"], goesAway: true },
];
