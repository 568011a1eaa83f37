import { describe, expect, test, vi } from "vitest";
import { compileContract, generateFrom } from "./contract.test-support.js";
import { tightwirePlugin } from "./plugin.js";

const HEAD = `syntax = "proto3";
package try.v1;
import "tightwire/policy/v1/policy.proto";
message Request { string id = 1; int32 count = 2; }
message Response {}
`;
const FIRST_LINE = 7;

/** A contract whose service has these lines. */
const contract = (lines: readonly string[]): string =>
  `${HEAD}service TryService {\n${lines.join("\n")}\n}\n`;

const READS = "idempotency_level = NO_SIDE_EFFECTS";
const REPEATABLE = "idempotency_level = IDEMPOTENT";

/** A method on one line. */
function method(
  name: string,
  policy: string,
  { level, kind = "(Request) returns (Response)" }: { level?: string; kind?: string } = {},
): string {
  const options = level === undefined ? "" : `option ${level}; `;
  return `  rpc ${name}${kind} { ${options}option (tightwire.policy.v1.method) = {${policy}}; }`;
}

const STREAM = "(Request) returns (stream Response)";
const UPLOAD = "(stream Request) returns (Response)";

const RETRY_FIT =
  "`retry` does not fit into `timeout`: 3 attempts of 600 ms and the waits between them take up to 1950 ms, and the call has 1900 ms";

const CONTRADICTIONS: readonly (readonly [
  policy: string,
  fault: string,
  method?: { level?: string; kind?: string },
])[] = [
  // idempotency
  [
    "idempotency: {naturally_idempotent: true}",
    "`idempotency` is for methods with `idempotency_level = IDEMPOTENT`; declare that, or leave it out",
  ],
  [
    "idempotency: {naturally_idempotent: true}",
    "`idempotency` is for methods with `idempotency_level = IDEMPOTENT`; one without side effects may be repeated anyway",
    { level: READS },
  ],
  [
    "idempotency: {concurrent_safe: true}",
    "`idempotency` needs one of `key` and `naturally_idempotent`",
    { level: REPEATABLE },
  ],
  [
    'idempotency: {key: "id" naturally_idempotent: true}',
    "`idempotency` needs one of `key` and `naturally_idempotent`; it has both",
    { level: REPEATABLE },
  ],
  [
    "idempotency: {naturally_idempotent: true fill: true}",
    "`idempotency.fill` needs a `key` to fill",
    { level: REPEATABLE },
  ],
  [
    'idempotency: {key: "request_id"}',
    "`idempotency.key` must name a string field of the request; try.v1.Request has no field `request_id`",
    { level: REPEATABLE },
  ],
  [
    'idempotency: {key: "count"}',
    "`idempotency.key` must name a string field of the request; try.v1.Request needs a string as `count`",
    { level: REPEATABLE },
  ],
  [
    'idempotency: {key: "id"}',
    "`idempotency.key` is for methods with one request, and this one takes a stream",
    { level: REPEATABLE, kind: UPLOAD },
  ],
  // retry
  [
    "retry: {}",
    "`retry` is for methods that may be repeated; declare `idempotency_level` NO_SIDE_EFFECTS or IDEMPOTENT",
  ],
  [
    "retry: {}",
    "`retry` is for methods with one request, and this one takes a stream, which cannot be sent again",
    { level: READS, kind: UPLOAD },
  ],
  ["retry: {max_attempts: 6}", "`retry.max_attempts` must be 2 to 5 (is 6)", { level: READS }],
  [
    "retry: {max_attempts: -1}",
    "`retry.max_attempts` must not be negative (is -1)",
    { level: READS },
  ],
  [
    "retry: {codes: [UNAVAILABLE, DEADLINE_EXCEEDED]}",
    "`retry.codes` must not have DEADLINE_EXCEEDED, which another attempt does not mend",
    { level: READS },
  ],
  ["retry: {codes: [ABORTED, ABORTED]}", "`retry.codes` has ABORTED twice", { level: READS }],
  [
    "retry: {initial_backoff: {seconds: 2} max_backoff: {seconds: 1}}",
    "`retry.max_backoff` (1000 ms) must be at least `initial_backoff` (2000 ms)",
    { level: READS },
  ],
  [
    "retry: {attempt_timeout: {}}",
    "`retry.attempt_timeout` must be greater than zero",
    { level: READS },
  ],
  [
    "timeout: {seconds: 1 nanos: 900000000} retry: {attempt_timeout: {nanos: 600000000}}",
    RETRY_FIT,
    { level: READS },
  ],
  // hedge
  ["hedge: {}", "`hedge` is for unary methods", { level: READS, kind: STREAM }],
  [
    'idempotency: {key: "id"} hedge: {}',
    "`hedge` is for methods that may run twice at the same time: with `idempotency_level` NO_SIDE_EFFECTS, or IDEMPOTENT and `idempotency.concurrent_safe`",
    { level: REPEATABLE },
  ],
  ["hedge: {max_attempts: 4}", "`hedge.max_attempts` must be 2 or 3 (is 4)", { level: READS }],
  [
    "hedge: {delay: {seconds: 10}}",
    "`hedge.delay` (10000 ms) must be less than `timeout` (10000 ms), or it never takes effect",
    { level: READS },
  ],
  // fallback
  [
    "fallback: {}",
    "`fallback` is for unary methods with `idempotency_level = NO_SIDE_EFFECTS`, and this one is not declared so",
    { level: REPEATABLE },
  ],
  [
    "fallback: {}",
    "`fallback` is for unary methods with `idempotency_level = NO_SIDE_EFFECTS`, and this one is streaming",
    { level: READS, kind: STREAM },
  ],
  [
    'fallback: {vary: "Tenant"}',
    '`fallback.vary` must name metadata keys, in lower case (has "Tenant")',
    { level: READS },
  ],
  [
    'fallback: {vary: "tenant" ignore: ["x-a", "tenant"]}',
    "`tenant` cannot be in `fallback.vary` and in `fallback.ignore`",
    { level: READS },
  ],
  // limits
  ["limits: {max_in_flight: 0}", "`limits.max_in_flight` must be 1 or more (is 0)"],
  ["limits: {max_request_bytes: -5}", "`limits.max_request_bytes` must not be negative (is -5)"],
  [
    "limits: {gradient: {min: 300}}",
    "`limits.gradient.min` (300) must not be more than `max` (200)",
  ],
  [
    "timeout: {seconds: 5} limits: {max_duration: {seconds: 4}}",
    "`limits.max_duration` (4000 ms) must not be less than `timeout` (5000 ms)",
  ],
  // access
  ["access: {}", "`access` names nobody: give `roles`, `scopes` or `anyone`, or leave it out"],
  [
    'access: {roles: "admin" anyone: true}',
    "`access.anyone` contradicts `roles` and `scopes`: leave one of them out",
  ],
  ['access: {roles: ["a", "a"]}', '`access.roles` has "a" twice'],
  ['access: {scopes: [""]}', "`access.scopes` has an empty string"],
];

describe("a policy that contradicts itself, or its method, is refused", () => {
  const { error } = tightwirePlugin.run(
    compileContract(
      contract(CONTRADICTIONS.map(([policy, , more], index) => method(`M${index}`, policy, more))),
    ),
  );
  const faults = error.split("\n").map((line) => {
    const [, at, name, text] =
      /^try\/v1\/try\.proto:(\d+):\d+: try\.v1\.TryService\.(\w+): (.*)$/.exec(line) ?? [];
    return { at: Number(at), name, text };
  });

  test.each(CONTRADICTIONS.map(([policy, fault], index) => ({ policy, fault, index })))(
    "$policy: $fault",
    ({ fault, index }) => {
      const at = index + FIRST_LINE;
      expect(faults.filter(({ name }) => name === `M${index}`)).toEqual([
        { at, name: `M${index}`, text: fault },
      ]);
    },
  );
});

test("what a service declares is held to the methods that get it", () => {
  const source = contract([
    "  option (tightwire.policy.v1.service) = {",
    "    retry: {max_attempts: 2 attempt_timeout: {seconds: 1}}",
    "    limits: {max_in_flight: 0 max_duration: {seconds: 3}}",
    "  };",
    method("Short", "timeout: {seconds: 2}", { level: READS }),
    method("Long", "timeout: {seconds: 4}", { level: READS }),
    method("Effect", "timeout: {seconds: 1}"),
  ]);
  expect(tightwirePlugin.run(compileContract(source)).error.split("\n")).toEqual([
    expect.stringMatching(/:9:\d+: try\.v1\.TryService: `limits\.max_in_flight` must be 1 or more/),
    expect.stringMatching(
      /:11:\d+: try\.v1\.TryService\.Short: the service's `retry` does not fit into `timeout`: 2 attempts of 1000 ms and the waits between them take up to 2050 ms, and the call has 2000 ms$/,
    ),
    expect.stringMatching(
      /:12:\d+: try\.v1\.TryService\.Long: the service's `limits\.max_duration` \(3000 ms\) must not be less than `timeout` \(4000 ms\)$/,
    ),
  ]);
});

describe("a policy is resolved with its defaults", () => {
  const lines = [
    `  option (tightwire.policy.v1.service) = {
      retry: {} hedge: {delay: {nanos: 50000000}} fallback: {vary: "tenant" max_age: {seconds: 60}}
      limits: {max_in_flight: 100} access: {roles: "reader"}
    };`,
    method("Read", "", { level: READS }),
    method("Watch", "", { level: READS, kind: STREAM }),
    method(
      "Write",
      'access: {scopes: ["a", "b"]} limits: {gradient: {max: 50} max_request_bytes: 9 max_duration: {seconds: 30}}',
    ),
    method(
      "Place",
      'idempotency: {key: "id" fill: true concurrent_safe: true} retry: {max_attempts: 2 codes: [UNAVAILABLE, ABORTED] initial_backoff: {seconds: 5}} access: {anyone: true}',
      { level: REPEATABLE },
    ),
  ];
  const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const text = generateFrom(contract(lines)).get("try/v1/try.service.ts") ?? "";
  const notes = stderr.mock.calls.map(([note]) => String(note)).filter((note) => note !== "");
  stderr.mockRestore();
  const policies = [...text.matchAll(/^ {6}policy: (.*),$/gm)].map(([, policy]) => policy);
  const access = 'access: { roles: ["reader"], scopes: [], anyone: false }';
  const retry =
    'retry: { maxAttempts: 3, codes: ["unavailable"], initialBackoffMs: 50, maxBackoffMs: 1000 }';
  const hedge = "hedge: { delayMs: 50, maxAttempts: 2 }";

  test.each([
    [
      "a method without side effects gets all of its service's",
      `{ ${retry}, ${hedge}, fallback: { vary: ["tenant"], ignore: [], shared: false, onDeadline: false, singleFlight: false, maxAgeMs: 60000 }, limits: { maxInFlight: 100 }, ${access} }`,
    ],
    [
      "a stream gets what streams can have",
      `{ ${retry}, limits: { maxInFlight: 100 }, ${access} }`,
    ],
    [
      "one with effects gets no retry, and its own access and limits replace its service's",
      '{ limits: { gradient: { min: 20, max: 50 }, maxRequestBytes: 9, maxDurationMs: 30000 }, access: { roles: [], scopes: ["a", "b"], anyone: false } }',
    ],
    [
      "one with a key",
      `{ idempotency: { key: "id", fill: true, concurrentSafe: true }, retry: { maxAttempts: 2, codes: ["unavailable", "aborted"], initialBackoffMs: 5000, maxBackoffMs: 5000 }, ${hedge}, limits: { maxInFlight: 100 }, access: { roles: [], scopes: [], anyone: true } }`,
    ],
  ])("%s", (_what, policy) => {
    expect(policies).toContain(policy);
  });

  test("generation says what is not enforced yet", () => {
    const [read, watch, write, place, ...others] = notes;
    expect(others).toEqual([]);
    expect(read).toMatch(
      /^try\/v1\/try\.proto:\d+:\d+: try\.v1\.TryService\.Read: `retry`, `hedge`, `fallback`, `limits\.max_in_flight`, `access` are not enforced yet\n$/,
    );
    expect([watch, write, place]).toEqual([
      expect.stringContaining("TryService.Watch: `retry`, `limits.max_in_flight`, `access` are"),
      expect.stringContaining("TryService.Write: `limits.gradient`, `access` are"),
      expect.stringContaining("TryService.Place: `idempotency.fill`, `retry`, `hedge`,"),
    ]);
  });
});
