/** What is fuzzed. */
export type Target = "server" | "client" | "frame-reader" | "hpack" | "huffman" | "inbox";

/** One thing that happens to a target, in order. */
export type Step =
  /** Bytes come. */
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  /** A turn of the event loop ends. */
  | { readonly kind: "turn" }
  /** Time passes. */
  | { readonly kind: "advance"; readonly ms: number }
  /** The transport has written what waited. */
  | { readonly kind: "written" }
  /** The application, above the session, does what the number says. */
  | { readonly kind: "act"; readonly number: number };

/** A whole input: running it again does the same. */
export interface Input {
  readonly target: Target;
  /** Decides how the application behaves; 0 for a plain one that echoes and takes everything. */
  readonly seed: number;
  /** Calls of a client that are begun before the first step. */
  readonly calls: readonly CallKind[];
  readonly steps: readonly Step[];
}

/** The four kinds of call. */
export type CallKind = "unary" | "clientStream" | "serverStream" | "bidiStream";

/** An input as a file: JSON, a step a line, bytes in hexadecimal. */
export function formatInput({ target, seed, calls, steps }: Input): string {
  const lines = steps.map((step) =>
    JSON.stringify(
      step.kind === "bytes" ? { kind: "bytes", hex: step.bytes.toString("hex") } : step,
    ),
  );
  return `{"target":${JSON.stringify(target)},"seed":${seed},"calls":${JSON.stringify(calls)},"steps":[\n${lines.join(",\n")}\n]}\n`;
}

/** Reads what {@link formatInput} wrote. */
export function parseInput(text: string): Input {
  const { steps, ...rest } = JSON.parse(text) as Omit<Input, "steps"> & {
    readonly steps: readonly (Step & { readonly hex?: string })[];
  };
  return {
    ...rest,
    steps: steps.map((step) =>
      step.kind === "bytes" ? { kind: "bytes", bytes: Buffer.from(step.hex ?? "", "hex") } : step,
    ),
  };
}
