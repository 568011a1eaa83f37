import { afterAll, beforeAll, expect, test } from "vitest";
import { type EchoGateway, serveEcho } from "../json/echo.test-support.js";

let echo: EchoGateway;

beforeAll(async () => {
  echo = await serveEcho();
});
afterAll(() => echo.close());

/** The names of the query parameters that the document has for a GET. */
function parametersOf(path: string): string[] {
  const { paths } = echo.gateway.openApi as unknown as {
    paths: Record<string, { get: { parameters: { name: string; in: string }[] } }>;
  };
  return (paths[path]?.get.parameters ?? [])
    .filter((parameter) => parameter.in === "query")
    .map(({ name }) => name);
}

test.each(["/everything", "/known", "/awkward"])(
  "all parameters in the document are accepted at %s",
  async (path) => {
    const names = parametersOf(path);
    expect(names.length).toBeGreaterThan(3);
    const refused = await Promise.all(
      names.map(async (name) => (await echo.ask("GET", `${path}?${name}=%C3%A9`)).text),
    );
    // A value may be refused, but no name.
    expect(
      refused.filter((text) =>
        /unknown parameter|cannot be a query parameter|must be in the/.test(text),
      ),
    ).toEqual([]);
  },
);

test("fields of messages that are single values in JSON are not parameters", () => {
  const names = parametersOf("/known");
  expect(names).toContain("aTimestamp");
  expect(
    names.filter((name) => /^(aAny|aValue|aStruct|aListvalue|aTimestamp)\./.test(name)),
  ).toEqual([]);
});
