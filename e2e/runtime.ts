/** What runs the tests: Node, or another runtime with Node's modules. */
export const RUNTIME: "node" | "bun" | "deno" =
  process.versions["bun"] !== undefined
    ? "bun"
    : process.versions["deno"] !== undefined
      ? "deno"
      : "node";
