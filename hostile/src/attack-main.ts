// The attackers, in a process of their own: `node attack-main.js <case> <plaintext> <tls>
// <certificate> <attackers> <over TLS> <seconds>`. Says `ready`, attacks when it hears `attack`
// and reports; its connections stay as they are until it hears `conclude`, and reports again.
import { setPriority } from "node:os";
import { Attack } from "./attack.js";
import { findCase } from "./cases.js";

/** So that the neighbour, who is measured, comes first on a machine with few cores. */
const PRIORITY = 10;

const [name = "", plaintext = "", tls = "", certificate = "", attackers, overTls, seconds] =
  process.argv.slice(2);
const attack = new Attack(findCase(name), {
  plaintext,
  tls,
  certificate,
  overTls: overTls === "true",
  attackers: Number(attackers),
  seconds: Number(seconds),
});

setPriority(PRIORITY);
process.on("disconnect", () => process.exit(0));
process.on("message", (question: "attack" | "conclude") => {
  const report = question === "attack" ? attack.run() : attack.conclude();
  void report.then((answer) => process.send?.(answer));
});
process.send?.("ready");
