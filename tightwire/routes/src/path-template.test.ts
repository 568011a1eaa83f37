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
    ["v1/things", 'it does not begin with "/"'],
    ["/v1//things", "it has an empty segment"],
    ["/v1/things/", "it has an empty segment"],
    ["/v1/{name", 'a "{" is not closed'],
    ["/v1/name}", 'a "}" has no "{" before it'],
    ["/v1/{a={b}}", "a variable holds another"],
    ["/v1/{a}b", 'a variable is a whole segment, and "{a}b" goes on behind it'],
    ["/v1/{}", '"" is no path of a field'],
    ["/v1/{a..b}", '"a..b" is no path of a field'],
    ["/v1/{a}/{a}", "it captures {a} twice"],
    ["/v1/**/{a=**}", 'it has more than one "**"'],
    ["/v1/things:", '":" at its end is no verb'],
    ["/v1/a*b", '"a*b" is no segment: "*", "**", {variable} or text'],
    ["/v1/a b", '"a b" is no segment: "*", "**", {variable} or text'],
    ["/v1/%zz", '"%zz" is not percent-encoded as it should be'],
    ["/v1/things?x", '"things?x" is no segment: "*", "**", {variable} or text'],
  ])("%s is refused", (text, reason) => {
    expect(() => parsePathTemplate(text)).toThrow(
      `the path ${JSON.stringify(text)} cannot be read: ${reason}`,
    );
  });
});
