/** What a field of a policy holds that is no message of its own. */
export type PlainShape = "duration" | "int" | "bool" | "string" | "strings" | "codes";

/** The fields of a policy message that this version knows, by their names in the contract. */
export interface MessageShape {
  readonly [name: string]: PlainShape | MessageShape;
}

/** All that a policy can say. Source: tightwire/policy/v1/policy.proto. */
export const POLICY_SHAPE: MessageShape = {
  timeout: "duration",
  idle_timeout: "duration",
  idempotency: {
    key: "string",
    fill: "bool",
    naturally_idempotent: "bool",
    concurrent_safe: "bool",
  },
  retry: {
    max_attempts: "int",
    attempt_timeout: "duration",
    codes: "codes",
    initial_backoff: "duration",
    max_backoff: "duration",
  },
  hedge: { delay: "duration", max_attempts: "int" },
  fallback: {
    vary: "strings",
    ignore: "strings",
    shared: "bool",
    on_deadline: "bool",
    single_flight: "bool",
    max_age: "duration",
  },
  limits: {
    max_in_flight: "int",
    gradient: { min: "int", max: "int" },
    max_request_bytes: "int",
    max_duration: "duration",
  },
  access: { roles: "strings", scopes: "strings", anyone: "bool" },
  errors: "strings",
};
