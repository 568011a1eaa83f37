import type { JsonValue } from "@bufbuild/protobuf";

/** A JSON text in which keys stand for others. */
export interface StoodIn {
  readonly text: string;
  /** What the text without them says. Throws a SyntaxError when it is no JSON. */
  value(): JsonValue;
}

/** Every string, and the colon that makes it a key. */
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?/g;
/** Deeper values are refused by whoever reads them. */
const MOST_DEPTH = 200;

/**
 * Replaces keys that are written with an escape: by themselves without it, or where it has to be,
 * by keys that stand for them. V8 13.6 (Node 24) takes such a key, once it has read one that is the
 * beginning of how it is written, for that one: after `{"\\":1}` it reads `{"\n":1}` as the former.
 * What one request says would change what another one means. Undefined for a text that has no such
 * keys.
 */
export function standInForEscapedKeys(text: string): StoodIn | undefined {
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
  if (typeof value !== "object" || value === null || depth > MOST_DEPTH) return value;
  if (Array.isArray(value)) return value.map((one) => withNames(one, names, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      names.get(key) ?? key,
      withNames(one, names, depth + 1),
    ]),
  );
}
