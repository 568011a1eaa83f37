import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import { commentOf, type DeclaredError } from "@tightwire/contract";
import { STATUS_CODES, type StatusCode } from "@tightwire/core";
import { statusNumber } from "@tightwire/core/runtime";
import { TYPE_URL } from "../http/detail-json.js";
import { httpStatusOf } from "../http/status.js";

import { exampleOf } from "./example.js";
import type { Schemas } from "./schema.js";

const ERROR_INFO = `${TYPE_URL}google.rpc.ErrorInfo`;

/**
 * The declared errors of a method as responses, by HTTP status: those of the same status are
 * alternatives. Empty when it declares none.
 */
export function errorResponses(errors: readonly DeclaredError[], schemas: Schemas): JsonObject {
  const byStatus = new Map<string, DeclaredError[]>();
  for (const error of errors) {
    const status = String(httpStatusOf(codeOf(error)));
    byStatus.set(status, [...(byStatus.get(status) ?? []), error]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, alike]) => [status, responseOf(alike, schemas)]),
  );
}

function responseOf(errors: readonly DeclaredError[], schemas: Schemas): JsonObject {
  const bodies = errors.map((error) => schemaOf(error, schemas));
  const [only] = bodies;
  return {
    description: errors.map(describe).join("\n\n"),
    content: {
      "application/json": {
        schema: bodies.length === 1 && only !== undefined ? only : { oneOf: bodies },
        examples: Object.fromEntries(
          errors.map((error) => [error.reason, { value: exampleOfError(error, schemas) }]),
        ),
      },
    },
  };
}

function describe({ reason, value }: DeclaredError): string {
  const comment = commentOf(value);
  return comment === "" ? `\`${reason}\`` : `\`${reason}\`: ${comment}`;
}

/** `google.rpc.Status` with the details that the error always has, in this order. */
function schemaOf(error: DeclaredError, schemas: Schemas): JsonObject {
  const { reason, domain, detail } = error;
  const info: JsonObject = {
    type: "object",
    properties: {
      "@type": { const: ERROR_INFO },
      reason: { const: reason },
      domain: { const: domain },
    },
    required: ["@type", "reason", "domain"],
  };
  const more: JsonValue[] =
    detail === undefined
      ? []
      : [
          {
            allOf: [
              schemas.message(detail),
              {
                type: "object",
                properties: { "@type": { const: TYPE_URL + detail.typeName } },
                required: ["@type"],
              },
            ],
          },
        ];
  return {
    type: "object",
    properties: {
      code: { const: statusNumber(codeOf(error)) },
      message: { type: "string" },
      details: { type: "array", prefixItems: [info, ...more] },
    },
    required: ["code", "message", "details"],
  };
}

function exampleOfError(error: DeclaredError, schemas: Schemas): JsonObject {
  const { reason, domain, detail } = error;
  const info = { "@type": ERROR_INFO, reason, domain };
  const own = detail === undefined ? undefined : exampleOf(detail, schemas.rules);
  const more =
    detail === undefined || typeof own !== "object" || own === null
      ? []
      : [{ "@type": TYPE_URL + detail.typeName, ...own }];
  return {
    code: statusNumber(codeOf(error)),
    message: "what went wrong, in words",
    details: [info, ...more],
  };
}

function codeOf({ code }: DeclaredError): StatusCode {
  return STATUS_CODES.find((known) => known === code) ?? "unknown";
}
