/** The transport over `@grpc/grpc-js`, which its users install themselves. */
export type { GrpcJsOptions } from "./grpc-js-options.js";
export { grpcJs } from "./transport.js";
