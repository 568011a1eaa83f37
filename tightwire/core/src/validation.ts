/**
 * What the checks are built from that `protoc-gen-tightwire` generates out of `buf.validate` rules.
 * Users of services need none of it.
 */
export { includesBytes, matchesUtf8, sameBytes } from "./validation/byte-rules.js";
export { isEmail } from "./validation/email.js";
export { isCovered } from "./validation/field-mask.js";
export type { Field, MapKey, PathStep } from "./validation/field-path.js";
export { field, formatFieldPath } from "./validation/field-path.js";
export { isHostAndPort, isHostname } from "./validation/hostname.js";
export type { Instant } from "./validation/instant.js";
export { compareInstants, compareToMoment, isWithin } from "./validation/instant.js";
export type { IpVersion } from "./validation/ip-address.js";
export { isIp, isIpPrefix } from "./validation/ip-address.js";
export type {
  MessageSchema,
  SchemaCodec,
  SchemaIssue,
  SchemaResult,
} from "./validation/standard-schema.js";
export { messageSchema } from "./validation/standard-schema.js";
export { isLonger, isShorter, utf8Length } from "./validation/text-length.js";
export { isUnique } from "./validation/unique.js";
export { isUri, isUriReference } from "./validation/uri.js";
export type { Check, Violation } from "./validation/violations.js";
export { Violations } from "./validation/violations.js";
