/** Services of the contract. */
export const SERVICES = 300;

/** How a method of the contract looks, by its place in the service. */
export type Kind = "unary" | "server_streaming" | "client_streaming" | "bidi_streaming";

/** The kind of each method of a service. */
export const KINDS: readonly Kind[] = [
  "unary",
  "unary",
  "unary",
  "unary",
  "unary",
  "unary",
  "unary",
  "server_streaming",
  "client_streaming",
  "bidi_streaming",
];

/** The folder of a service's `.proto`, and its names: `shop012/v1/shop012.proto`. */
export function nameOf(service: number): string {
  return `shop${String(service).padStart(3, "0")}`;
}

/**
 * The `.proto` of one service: an enum of errors, the message that one carries, and ten methods
 * with requests that have rules and responses that have nested and repeated messages.
 */
export function protoOf(service: number): string {
  const name = nameOf(service);
  const prefix = name.toUpperCase();
  const methods = KINDS.map((kind, index) => {
    const streams = (wanted: Kind): string =>
      kind === wanted || kind === "bidi_streaming" ? "stream " : "";
    return `  rpc Do${index}(${streams("client_streaming")}Do${index}Request) returns (${streams("server_streaming")}Do${index}Response) {
    option (tightwire.policy.v1.method) = {
      errors: ["NOT_FOUND", "OUT_OF_STOCK"]
    };
  }`;
  });
  const messages = KINDS.map(
    (_kind, index) => `message Do${index}Request {
  string id = 1 [(buf.validate.field).string = {min_len: 1 max_len: 64}];
  int32 count = 2 [(buf.validate.field).int32 = {gt: 0 lte: 100}];
  repeated string tags = 3 [(buf.validate.field).repeated = {max_items: 10 unique: true}];
  optional string note = 4 [(buf.validate.field).string.max_len = 500];
  Item item = 5;
}
message Do${index}Response {
  string id = 1;
  repeated Item items = 2;
  map<string, string> labels = 3;
  oneof result {
    Item found = 4;
    string reason = 5;
  }
}`,
  );
  return `syntax = "proto3";
package ${name}.v1;
import "buf/validate/validate.proto";
import "tightwire/errors/v1/errors.proto";
import "tightwire/policy/v1/policy.proto";
service ShopService {
  option (tightwire.policy.v1.service) = {
    timeout: {seconds: 5}
    idle_timeout: {seconds: 60}
  };
${methods.join("\n")}
}
enum ShopError {
  option (tightwire.errors.v1.domain) = "${name}.v1";
  SHOP_ERROR_UNSPECIFIED = 0;
  SHOP_ERROR_NOT_FOUND = 1 [(tightwire.errors.v1.error) = {code: NOT_FOUND}];
  SHOP_ERROR_OUT_OF_STOCK = 2 [(tightwire.errors.v1.error) = {
    code: FAILED_PRECONDITION
    detail: "${name}.v1.OutOfStock"
  }];
}
message OutOfStock {
  string product_id = 1;
  int32 available = 2;
}
message Item {
  string product_id = 1 [(buf.validate.field).string.min_len = 1];
  int64 price_cents = 2 [(buf.validate.field).int64.gte = 0];
  State state = 3 [(buf.validate.field).enum.defined_only = true];
}
enum State {
  STATE_UNSPECIFIED = 0;
  STATE_${prefix} = 1;
}
${messages.join("\n")}
`;
}
