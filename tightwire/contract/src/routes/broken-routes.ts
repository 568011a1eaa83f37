import type { DescField } from "@bufbuild/protobuf";
import { nameOfMethod } from "../method-name.js";
import { pathShape } from "./path-template.js";
import type { Route } from "./route.js";

/**
 * Finds what breaks for callers of `before` when `after` is served, one sentence each: a route that
 * was removed, leads to another method, or maps another part of a message to path or body. `buf
 * breaking` does not compare options, and routes are options.
 */
export function findBrokenRoutes(before: readonly Route[], after: readonly Route[]): string[] {
  return before.flatMap((route) => {
    const name = nameOfMethod(route.method);
    const what = `${route.verb} ${route.template.text} of ${name}`;
    const now = after.find(
      (one) =>
        (one.verb === route.verb || one.verb === "*") &&
        pathShape(one.template) === pathShape(route.template),
    );
    if (now === undefined) return [`${what} was removed`];
    const target = nameOfMethod(now.method);
    if (target !== name) return [`${what} now leads to ${target}`];
    return [
      ...changed(what, "captured fields", variablesOf(route), variablesOf(now)),
      ...changed(what, "request body", bodyOf(route.body), bodyOf(now.body)),
      ...changed(
        what,
        "response body",
        bodyOf(route.responseBody ?? "all"),
        bodyOf(now.responseBody ?? "all"),
      ),
    ];
  });
}

function changed(what: string, part: string, before: string, now: string): string[] {
  return before === now ? [] : [`${what}: ${part} changed from ${before} to ${now}`];
}

function variablesOf({ variables }: Route): string {
  const fields = variables.map(
    ({ path, start, end }) => `${path.map(({ name }) => name).join(".")} at ${start} to ${end}`,
  );
  return fields.join(", ") || "nothing";
}

function bodyOf(body: "none" | "all" | DescField): string {
  if (body === "none") return "nothing";
  return body === "all" ? "the whole message" : body.name;
}
