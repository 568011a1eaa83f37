import type { DescField, DescMethod } from "@bufbuild/protobuf";
import type { PathTemplate } from "./path-template.js";

/** A variable of the path, and the request field that takes its value. */
export interface RouteVariable {
  /** From the request to a singular scalar or enum field. */
  readonly path: readonly DescField[];
  readonly start: number;
  readonly end: number;
  readonly multiple: boolean;
}

/** How one method is called over HTTP: a binding of `google.api.http` that passed all checks. */
export interface Route {
  readonly method: DescMethod;
  /** 0 for the rule itself, then its `additional_bindings` in order. */
  readonly index: number;
  /** GET, PUT, POST, DELETE, PATCH, another HTTP method, or `*` for any. */
  readonly verb: string;
  readonly template: PathTemplate;
  readonly variables: readonly RouteVariable[];
  /** What the body holds of the request: nothing, all that the path does not hold, or one field. */
  readonly body: "none" | "all" | DescField;
  /** The response field that the body holds; undefined for the whole message. */
  readonly responseBody: DescField | undefined;
}
