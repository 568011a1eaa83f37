/**
 * The suites that HTTP/2 allows: those of TLS 1.3, and of TLS 1.2 those with forward secrecy and
 * authenticated encryption. All others stand in the blocklist. Source: RFC 9113, section 9.2.2 and
 * appendix A.
 */
export const TLS_CIPHERS: string = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");
