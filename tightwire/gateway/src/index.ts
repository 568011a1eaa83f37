export type { Gateway } from "./gateway.js";
export { createGateway } from "./gateway.js";
export type { GatewayOptions } from "./gateway-options.js";
export type { CorsOptions } from "./http/cors.js";
export type { HttpListener } from "./http/listen.js";
export type { OpenApiDocument, OpenApiOptions } from "./openapi/document.js";
