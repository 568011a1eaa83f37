import { type ChannelCredentials, credentials } from "@grpc/grpc-js";
import { MisuseError } from "@tightwire/core";
import { refuseUnknownOptions } from "@tightwire/core/runtime";
import { type ClientTlsOptions, readPem } from "@tightwire/wire/tls";
import { omitAddressAsServerName } from "./server-name.js";

/**
 * The grpc-js credentials for TLS options. Throws a {@link MisuseError} for an unknown option or
 * half a client certificate, and what `readPem` throws for a file.
 */
export function credentialsOf(tls: boolean | ClientTlsOptions | undefined): ChannelCredentials {
  if (tls === undefined || tls === false) return credentials.createInsecure();
  if (tls !== true)
    refuseUnknownOptions("grpcJs, in tls,", tls, ["ca", "certificate", "key", "serverName"]);
  const { ca, certificate, key } = tls === true ? {} : tls;
  if ((certificate === undefined) !== (key === undefined)) {
    const missing = key === undefined ? "tls.key" : "tls.certificate";
    throw new MisuseError(
      "TW_INVALID_OPTION",
      `tls.certificate and tls.key must be given together (${missing} is missing)`,
    );
  }
  return omitAddressAsServerName(
    credentials.createSsl(
      ca === undefined ? null : readPem("tls.ca", ca),
      key === undefined ? null : readPem("tls.key", key),
      certificate === undefined ? null : readPem("tls.certificate", certificate),
    ),
  );
}
