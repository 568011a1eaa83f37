import { expect, test } from "vitest";
import { credentialsOf } from "./credentials.js";

test.each([
  [{ certificate: "-----BEGIN CERTIFICATE-----" }, "tls.key is missing"],
  [{ key: "-----BEGIN PRIVATE KEY-----" }, "tls.certificate is missing"],
])("half a client certificate is refused: %j", (tls, missing) => {
  expect(() => credentialsOf(tls)).toThrow(
    `tls.certificate and tls.key must be given together (${missing})`,
  );
  expect(() => credentialsOf(tls)).toThrow(expect.objectContaining({ code: "TW_INVALID_OPTION" }));
});
