import { decodePart } from "./percent.js";

/**
 * The decoded parameters of a query, in order. Throws a 400 when one is not percent-encoded UTF-8.
 */
export function parseQuery(query: string): [name: string, value: string][] {
  if (query === "") return [];
  return query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=");
      const name = equals === -1 ? pair : pair.slice(0, equals);
      const value = equals === -1 ? "" : pair.slice(equals + 1);
      return [decode(name), decode(value)];
    });
}

function decode(text: string): string {
  return decodePart(text.replaceAll("+", " "), "the query");
}
