import { violationLine } from "../violation-lines.js";
import type { GoExpression } from "./go-literal.js";

/** What a case expects. Violations are lines: `val string.const`, with ` key` for a map's key. */
export type Expectation =
  | { readonly kind: "violations"; readonly lines: readonly string[] }
  /** The rules themselves are wrong. */
  | { readonly kind: "refused" };

/** Reads `results.Success(true)` and the like. Throws an Error for what it does not know. */
export function readExpectation(expression: GoExpression): Expectation {
  if (expression.kind !== "call") throw new Error("an expectation that is not a call");
  switch (expression.name) {
    case "results.Success":
      return { kind: "violations", lines: [] };
    case "results.CompilationError":
      return { kind: "refused" };
    case "results.Violations":
      return { kind: "violations", lines: expression.arguments.map(lineOf).sort() };
    default:
      throw new Error(`the expectation ${expression.name}`);
  }
}

function lineOf(violation: GoExpression): string {
  if (violation.kind !== "composite") throw new Error("a violation that is no literal");
  const named = new Map(
    violation.elements.map(({ key, value }) => [key?.kind === "name" ? key.name : "", value]),
  );
  const forKey = named.get("ForKey");
  const isForKey = forKey !== undefined && argumentOf(forKey) === "true";
  return violationLine(argumentOf(named.get("Field")), argumentOf(named.get("RuleId")), isForKey);
}

/** `foo` of `proto.String("foo")`, `results.FieldPath("foo")` and `proto.Bool(true)`. */
function argumentOf(expression: GoExpression | undefined): string {
  if (expression === undefined) return "";
  const [first] = expression.kind === "call" ? expression.arguments : [];
  if (first?.kind === "text") return first.text;
  if (first?.kind === "name") return first.name;
  throw new Error("a violation with a computed part");
}
