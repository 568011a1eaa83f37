import { describe, expect, test } from "vitest";
import { parsePathTemplate, pathShape } from "./path-template.js";

describe("a path template", () => {
  test.each([
    ["/v1/messages/{message_id}", "/v1/messages/*", [["message_id", 2, 3, false]]],
    ["/v1/{name=messages/*}", "/v1/messages/*", [["name", 1, 3, true]]],
    [
      "/v1/{name=projects/*/topics/**}:publish",
      "/v1/projects/*/topics/**:publish",
      [["name", 1, 5, true]],
    ],
    ["/v1/{var=*}", "/v1/*", [["var", 1, 2, false]]],
    ["/v1/{var=**}", "/v1/**", [["var", 1, 2, true]]],
    ["/v1/{book.name=shelves/*/books/*}", "/v1/shelves/*/books/*", [["book.name", 1, 5, true]]],
    [
      "/v1/{parent=documents/*/**}/{collection_id}",
      "/v1/documents/*/**/*",
      [
        ["parent", 1, 4, true],
        ["collection_id", 4, 5, false],
      ],
    ],
    ["/v1/*/things", "/v1/*/things", []],
    ["/v1/caf%C3%A9", "/v1/caf%C3%A9", []],
    ["/v1/things:batchGet", "/v1/things:batchGet", []],
    ["/", "/", []],
  ])("%s", (text, shape, variables) => {
    const template = parsePathTemplate(text);
    expect(pathShape(template)).toBe(shape);
    expect(
      template.variables.map(({ field, start, end, multiple }) => [field, start, end, multiple]),
    ).toEqual(variables);
  });

  test.each([
    ["v1/things", 'it must start with "/"'],
    ["/v1//things", "it has an empty segment"],
    ["/v1/things/", "it has an empty segment"],
    ["/v1/{name", 'a "{" is not closed'],
    ["/v1/name}", 'a "}" has no matching "{"'],
    ["/v1/{a={b}}", "a variable contains another variable"],
    ["/v1/{a}b", 'a variable must be a whole segment (got "{a}b")'],
    ["/v1/{}", '"" is not a valid field path'],
    ["/v1/{a..b}", '"a..b" is not a valid field path'],
    ["/v1/{a}/{a}", "it captures {a} twice"],
    ["/v1/**/{a=**}", 'it has more than one "**"'],
    ["/v1/things:", '":" is not a valid verb'],
    ["/v1/a*b", '"a*b" is not a valid segment; a segment is "*", "**", {variable} or literal text'],
    ["/v1/a b", '"a b" is not a valid segment; a segment is "*", "**", {variable} or literal text'],
    ["/v1/%zz", '"%zz" is not valid percent-encoding'],
    [
      "/v1/things?x",
      '"things?x" is not a valid segment; a segment is "*", "**", {variable} or literal text',
    ],
  ])("%s is refused", (text, reason) => {
    expect(() => parsePathTemplate(text)).toThrow(
      `invalid path template ${JSON.stringify(text)}: ${reason}`,
    );
  });
});
