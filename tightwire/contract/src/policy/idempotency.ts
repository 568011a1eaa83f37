import { ScalarType } from "@bufbuild/protobuf";
import { fieldName } from "../field-name.js";
import type { PolicyContext } from "./policy-context.js";
import type { ResolvedIdempotency } from "./resolved-policy.js";

/** Why a method may be repeated, as it declares. A service declares none. */
export function resolveIdempotency(context: PolicyContext): ResolvedIdempotency | undefined {
  const declared = context.own.idempotency;
  if (declared === undefined) return undefined;
  const { key, fill = false, naturallyIdempotent = false, concurrentSafe = false } = declared;
  if (context.level !== "idempotent")
    context.report(
      "`idempotency` is for methods with `idempotency_level = IDEMPOTENT`; " +
        (context.level === "no_side_effects"
          ? "one without side effects may be repeated anyway"
          : "declare that, or leave it out"),
      "idempotency",
    );
  if ((key === undefined) === !naturallyIdempotent)
    context.report(
      "`idempotency` needs one of `key` and `naturally_idempotent`" +
        (key === undefined ? "" : "; it has both"),
      "idempotency.naturally_idempotent",
      "idempotency",
    );
  if (fill && key === undefined)
    context.report("`idempotency.fill` needs a `key` to fill", "idempotency.fill");
  const resolved: ResolvedIdempotency = {};
  const field = key === undefined ? undefined : findKey(context, key);
  if (field !== undefined) resolved.key = field;
  if (fill) resolved.fill = true;
  if (naturallyIdempotent) resolved.naturallyIdempotent = true;
  if (concurrentSafe) resolved.concurrentSafe = true;
  return resolved;
}

function findKey(context: PolicyContext, key: string): string | undefined {
  const { input, methodKind } = context.method;
  const field = input.fields.find(({ name }) => name === key);
  if (field === undefined || field.fieldKind !== "scalar" || field.scalar !== ScalarType.STRING) {
    const what = field === undefined ? "has no field" : "needs a string as";
    context.report(
      `\`idempotency.key\` must name a string field of the request; ${input.typeName} ${what} \`${key}\``,
      "idempotency.key",
    );
    return undefined;
  }
  if (methodKind === "client_streaming" || methodKind === "bidi_streaming")
    context.report(
      "`idempotency.key` is for methods with one request, and this one takes a stream",
      "idempotency.key",
    );
  return fieldName(field.name);
}
