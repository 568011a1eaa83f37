import { parsePathTemplate } from "@tightwire/contract";
import { MisuseError } from "@tightwire/core";
import { describe, expect, test } from "vitest";
import { HttpError } from "./http-error.js";
import { createRouter, type Router } from "./router.js";

/** A router of templates; the value of each is its text. */
function routerOf(...templates: string[]): Router<string> {
  const router = createRouter<string>();
  for (const text of templates) router.add(parsePathTemplate(text), text);
  return router;
}

/** What a path matches when the templates are added in this order, and in the reverse order. */
function findBothWays(templates: readonly string[], path: string): (string | undefined)[] {
  return [templates, [...templates].reverse()].map((order) => routerOf(...order).find(path)?.value);
}

const FIRESTORE_LIST = "/v1/{parent=projects/*/databases/*/documents/*/**}/{collection_id}";
const FIRESTORE_ROOT = "/v1/{parent=projects/*/databases/*/documents}/{collection_id}";
const FIRESTORE_QUERY = "/v1/{parent=projects/*/databases/*/documents}:runQuery";
const FIRESTORE_QUERY_BELOW = "/v1/{parent=projects/*/databases/*/documents/*/**}:runQuery";
const FIRESTORE = [FIRESTORE_LIST, FIRESTORE_ROOT, FIRESTORE_QUERY, FIRESTORE_QUERY_BELOW];
const DOCUMENTS = "/v1/projects/p/databases/d/documents";

describe("a router prefers", () => {
  test.each([
    ["text to *", ["/v1/things/mine", "/v1/things/*"], "/v1/things/mine", "/v1/things/mine"],
    [
      "* to text that only begins a longer template",
      ["/v1/things/mine/parts", "/v1/things/*"],
      "/v1/things/mine",
      "/v1/things/*",
    ],
    ["* where text does not match to the end", ["/v1/a/b", "/v1/*/c"], "/v1/a/c", "/v1/*/c"],
    ["* to **", ["/v1/things/*", "/v1/things/**"], "/v1/things/a", "/v1/things/*"],
    [
      "** when * is too short",
      ["/v1/things/*", "/v1/things/**"],
      "/v1/things/a/b",
      "/v1/things/**",
    ],
    ["text to **", ["/v1/things/mine", "/v1/**"], "/v1/things/mine", "/v1/things/mine"],
    [
      "** with the longer literal prefix",
      ["/v1/**", "/v1/things/**"],
      "/v1/things/a/b",
      "/v1/things/**",
    ],
    ["more segments after **", ["/v1/**", "/v1/**/parts"], "/v1/a/b/parts", "/v1/**/parts"],
    ["text to * after **", ["/v1/**/*", "/v1/**/parts"], "/v1/a/b/parts", "/v1/**/parts"],
    ["* after ** where text does not match", ["/v1/**/*", "/v1/**/parts"], "/v1/a/b/c", "/v1/**/*"],
    [
      "text that comes earlier after **",
      ["/v1/**/parts/*", "/v1/**/*/parts"],
      "/v1/a/parts/parts",
      "/v1/**/parts/*",
    ],
    [
      "a verb to no verb",
      ["/v1/things/*", "/v1/things/*:archive"],
      "/v1/things/a:archive",
      "/v1/things/*:archive",
    ],
    [
      "a verb after ** to no verb",
      ["/v1/things/*", "/v1/things/**:archive"],
      "/v1/things/a:archive",
      "/v1/things/**:archive",
    ],
    [
      "no verb to another verb",
      ["/v1/things/*", "/v1/things/*:archive"],
      "/v1/things/a:restore",
      "/v1/things/*",
    ],
    [
      "the verb of the path",
      ["/v1/things/*:restore", "/v1/things/*:archive"],
      "/v1/things/a:restore",
      "/v1/things/*:restore",
    ],
    [
      "the last colon's verb",
      ["/v1/things/*:b", "/v1/things/*:c"],
      "/v1/things/a:b:c",
      "/v1/things/*:c",
    ],
  ])("%s", (_name, templates, path, found) => {
    expect(findBothWays(templates, path)).toEqual([found, found]);
  });
});

describe("a path", () => {
  test.each([
    ["/", "/", []],
    ["/v1/things", "/v1/things", ["v1", "things"]],
    ["/v1/caf%C3%A9", "/v1/caf%c3%a9", ["v1", "caf%c3%a9"]],
    ["/v1/caf%C3%A9", "/v1/café", ["v1", "café"]],
    ["/v1/things/{id}", "/v1/things/a%2Fb", ["v1", "things", "a%2Fb"]],
    ["/v1/things/{id}", "/v1/things/a:b", ["v1", "things", "a:b"]],
    ["/v1/things/{id}", "/v1/things/a:", ["v1", "things", "a:"]],
    ["/v1/things/{id}", "/v1/things/a%3Ab", ["v1", "things", "a%3Ab"]],
    ["/v1/things/{id}:archive", "/v1/things/a:b:archive", ["v1", "things", "a:b"]],
    ["/v1/things/{id}:archive", "/v1/things/a:%61rchive", ["v1", "things", "a"]],
    ["/v1/things:batch", "/v1/things:batch", ["v1", "things"]],
    ["/v1/%3A", "/v1/%3a", ["v1", "%3a"]],
    ["/:batch", "/:batch", []],
  ])("of template %s matches %s", (template, path, segments) => {
    expect(routerOf(template).find(path)?.segments).toEqual(segments);
  });

  test.each([
    ["/v1/things", "/v1/things/"],
    ["/v1/things", "/v1//things"],
    ["/v1/things", "//v1/things"],
    ["/v1/things", "/V1/things"],
    ["/v1/things/{id}", "/v1/things/"],
    ["/v1/things/{id}", "/v1/things"],
    ["/v1/things/{id}", "/v1/things/a/"],
    ["/v1/things/{id}", "/v1/things/a/b"],
    ["/v1/{id}/parts", "/v1//parts"],
    ["/v1/{name=**}", "/v1/"],
    ["/v1/{name=**}", "/v1/a//b"],
    ["/v1/{name=**}", "/v1/a/"],
    ["/v1/{name=**}/{id}", "/v1/a/"],
    ["/v1/{name=**}/{id}", "/v1"],
    ["/v1/things:batch", "/v1/things%3Abatch"],
    ["/v1/things:batch", "/v1/things"],
    ["/v1/things/{id}:archive", "/v1/things/a"],
    ["/v1/things/{id}:archive", "/v1/things/:archive"],
    ["/v1/things/{id}:archive", "/v1/things/a%3Aarchive"],
    ["/", "/a"],
    ["/a", "/"],
  ])("of template %s does not match %s", (template, path) => {
    expect(routerOf(template).find(path)).toBeUndefined();
  });

  test.each(["/v1/%", "/v1/%zz", "/v1/%ff", "/v1/a:%e0%a4", "/%c3/things"])(
    "%s is refused",
    (path) => {
      const find = (): unknown => routerOf("/v1/{id}").find(path);
      expect(find).toThrow(HttpError);
      expect(find).toThrow(
        expect.objectContaining({
          code: "invalid_argument",
          message: expect.stringContaining("percent-encoded"),
        }),
      );
    },
  );
});

describe("** matches", () => {
  test.each([
    ["/v1/{name=**}", "/v1", -1],
    ["/v1/{name=**}", "/v1/a", 0],
    ["/v1/{name=**}", "/v1/a/b/c", 2],
    ["/{name=**}", "/", -1],
    ["/v1/{name=files/**}:get", "/v1/files:get", -1],
    ["/v1/{name=files/**}:get", "/v1/files/a/b:get", 1],
    ["/v1/{name=**}/{id}", "/v1/a", -1],
    ["/v1/{name=**}/{id}", "/v1/a/b/c", 1],
    ["/v1/{name=**}/parts/{id}", "/v1/parts/parts/a", 0],
  ])("in %s for %s the template's length plus %i", (template, path, extra) => {
    expect(routerOf(template).find(path)?.extra).toBe(extra);
  });

  test.each([
    [`${DOCUMENTS}/cities`, FIRESTORE_ROOT],
    [`${DOCUMENTS}/cities/SF`, FIRESTORE_LIST],
    [`${DOCUMENTS}/cities/SF/parks`, FIRESTORE_LIST],
    [`${DOCUMENTS}/cities/SF/parks/a/b/c`, FIRESTORE_LIST],
    [`${DOCUMENTS}:runQuery`, FIRESTORE_QUERY],
    [`${DOCUMENTS}/cities:runQuery`, FIRESTORE_QUERY_BELOW],
    [`${DOCUMENTS}/cities/SF:runQuery`, FIRESTORE_QUERY_BELOW],
    [`${DOCUMENTS}/cities/SF:other`, FIRESTORE_LIST],
    [DOCUMENTS, undefined],
  ])("Firestore's path %s", (path, found) => {
    expect(findBothWays(FIRESTORE, path)).toEqual([found, found]);
  });
});

test.each([
  ["/v1/{a}", "/v1/{b}"],
  ["/v1/{a=**}", "/v1/**"],
  ["/v1/{a=**}/{b}", "/v1/{c=**}/*"],
  ["/v1/a:b", "/v1/a:b"],
])("%s and %s cannot both be added", (one, other) => {
  expect(() => routerOf(one, other)).toThrow(
    new MisuseError("TW_DUPLICATE_ROUTE", `a route matches the same requests as ${other}`),
  );
});
