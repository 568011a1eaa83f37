import { checkArgument } from "./argument.js";
import { MisuseError } from "./misuse-error.js";

/**
 * Throws a {@link MisuseError} that names every unknown option, so that a misspelt option is found
 * at once and not in production; and one for options that are not an object.
 */
export function refuseUnknownOptions(
  what: string,
  options: object,
  known: readonly string[],
): void {
  checkArgument(`the options of ${what}`, options, "object");
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new MisuseError(
    "TW_UNKNOWN_OPTION",
    `unknown option of ${what}: ${unknown.map((name) => `"${name}"`).join(", ")}; allowed: ${known.join(", ")}`,
  );
}
