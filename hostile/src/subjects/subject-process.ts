import { createInterface } from "node:readline";

/**
 * Tells the first process where a subject listens, and collects garbage when it asks: `collect` on
 * stdin, `collected` on stdout. Ends with its first process.
 */
export function serveAsSubject(plaintext: string, tls: string): void {
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    if (line !== "collect") return;
    globalThis.gc?.();
    // What the first collection finalized is freed by the second.
    setImmediate(() => {
      globalThis.gc?.();
      console.log("collected");
    });
  });
  lines.on("close", () => process.exit(0));
  console.log(`listening at ${plaintext} tls ${tls}`);
}
