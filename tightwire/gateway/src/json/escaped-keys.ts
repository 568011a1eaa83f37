import type { JsonValue } from "@bufbuild/protobuf";

/** A JSON text in which stand-ins replace keys. */
export interface StandInText {
  readonly text: string;
  /** The value of the original text. Throws a SyntaxError when it is not JSON. */
  value(): JsonValue;
}

/** A string, with the colon that makes it a key. */
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?/g;
/** The reader refuses values that are nested deeper. */
const MAX_DEPTH = 200;

/**
 * Replaces keys that are written with an escape: by the same key without the escape, or, where the
 * escape is required, by a stand-in.
 *
 * This works around a fault of V8 13.6 to 14.6 (Node 24 and 26): `JSON.parse` reads a key that has
 * an escape as another key that it read before, when the written form starts with that key. After
 * `{"\\":1}` it reads `{"\n":1}` as the former. So one request could change the meaning of another.
 * The test of this file tells which V8 has the fault, and fails when a V8 behaves differently.
 *
 * Undefined for a text without such keys.
 */
export function standInForEscapedKeys(text: string): StandInText | undefined {
  if (!text.includes("\\")) return undefined;
  const standIns = new Map<string, string>();
  let mark = "key";
  while (text.includes(mark)) mark += "-";
  let replaced = 0;
  const withStandIns = text.replace(STRING, (token) => {
    if (!token.endsWith(":") || !token.includes("\\")) return token;
    replaced++;
    const name = JSON.parse(token.slice(0, token.lastIndexOf('"') + 1)) as string;
    if (JSON.stringify(name) === `"${name}"`) return `"${name}":`;
    const standIn = standIns.get(name) ?? `${mark}${standIns.size}`;
    standIns.set(name, standIn);
    return `"${standIn}":`;
  });
  if (replaced === 0) return undefined;
  const names = new Map([...standIns].map(([name, standIn]) => [standIn, name]));
  return {
    text: withStandIns,
    value: () => withNames(JSON.parse(withStandIns) as JsonValue, names, 0),
  };
}

function withNames(value: JsonValue, names: ReadonlyMap<string, string>, depth: number): JsonValue {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((one) => withNames(one, names, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      names.get(key) ?? key,
      withNames(one, names, depth + 1),
    ]),
  );
}
