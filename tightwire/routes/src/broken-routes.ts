import type { DescField } from "@bufbuild/protobuf";
import { pathShape } from "./path-template.js";
import { nameOfMethod, type Route } from "./route.js";

/**
 * What callers of `before` cannot do any more with `after`, a sentence each: a route that is gone,
 * or leads to another method, or takes or gives another part of the message. `buf breaking` does
 * not look at options, and routes are one.
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
    if (now === undefined) return [`${what} is gone`];
    const target = nameOfMethod(now.method);
    if (target !== name) return [`${what} leads to ${target} now`];
    return [
      ...changed(what, "captures", variablesOf(route), variablesOf(now)),
      ...changed(what, "takes as its body", bodyOf(route.body), bodyOf(now.body)),
      ...changed(
        what,
        "answers with",
        bodyOf(route.responseBody ?? "all"),
        bodyOf(now.responseBody ?? "all"),
      ),
    ];
  });
}

function changed(what: string, does: string, before: string, now: string): string[] {
  return before === now ? [] : [`${what} ${does} ${now} now, and ${before} before`];
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
