import type { RuleValue } from "@tightwire/contract";
import type { ConstantList } from "./constant-list.js";

/** A value of a rule as an expression. Bytes and times are constants of the file. */
export function valueLiteral(value: RuleValue, constants: ConstantList): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value !== "object") return JSON.stringify(value);
  if (value instanceof Uint8Array)
    return constants.name(`new Uint8Array([${[...value].join(", ")}])`);
  return constants.name(`{ seconds: ${value.seconds}n, nanos: ${value.nanos} }`);
}
