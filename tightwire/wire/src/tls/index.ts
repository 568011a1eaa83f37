/** TLS as both transports take it: options, PEM files, and the certificates of peers. */
export type { ClientTlsOptions, ServerTlsOptions } from "./options.js";
export { readPeerCertificate } from "./peer-certificate.js";
export { readPem } from "./pem.js";
