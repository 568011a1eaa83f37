import { type GoElement, type GoExpression, parseExpression, tokenize } from "./go-literal.js";

/** A case of the suite: a message, and what validation should say of it. */
export interface GoCase {
  readonly name: string;
  readonly message: GoExpression;
  readonly expected: GoExpression;
}

/** What a file of the suite holds. */
export interface GoCases {
  readonly cases: readonly GoCase[];
  /** Why the rest of a suite could not be read. */
  readonly unreadable: readonly string[];
}

/** Reads the cases of a Go file: every `suites.Suite{ "name": { Message: …, Expected: … } }`. */
export function readCases(file: string, source: string): GoCases {
  const tokens = tokenize(source);
  const cases: GoCase[] = [];
  const unreadable: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    // Not `func boolSuite() suites.Suite {`.
    if (tokens.slice(at, at + 4).join("") !== "suites.Suite{" || tokens[at - 1] === ")") continue;
    try {
      const { expression, end } = parseExpression(tokens, at);
      if (expression.kind !== "composite") throw new Error("not a literal");
      cases.push(...expression.elements.map((element) => readCase(file, element)));
      at = end - 1;
    } catch (error) {
      unreadable.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { cases, unreadable };
}

function readCase(file: string, { key, value }: GoElement): GoCase {
  if (key?.kind !== "text" || value.kind !== "composite") throw new Error("a case without a name");
  const field = (name: string): GoExpression => {
    const found = value.elements.find((one) => one.key?.kind === "name" && one.key.name === name);
    if (found === undefined) throw new Error(`the case ${key.text} has no ${name}`);
    return found.value;
  };
  const name = `${file.replace(/^cases_|\.go$/g, "")}/${key.text}`;
  return { name, message: field("Message"), expected: field("Expected") };
}
