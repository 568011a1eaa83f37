// Before the gateway is packed: copies the renderer of its reference, one file that needs no other,
// into `vendor/` with its licence. Users then install none of what it was built from.
import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";

const renderer = new URL(
  "../tightwire/gateway/node_modules/@scalar/api-reference/",
  import.meta.url,
);
const licence = new URL("scalar-licence.txt", import.meta.url);
const vendor = new URL("../tightwire/gateway/vendor/", import.meta.url);

const { name, version, license } = JSON.parse(
  readFileSync(new URL("package.json", renderer), "utf8"),
);
if (license !== "MIT" || !readFileSync(licence, "utf8").includes(`${name} ${version},`)) {
  console.error(
    `${name} ${version} (${license}) is not what ${licence.pathname} speaks of: read its licence, then change that file`,
  );
  process.exit(1);
}
rmSync(vendor, { recursive: true, force: true });
mkdirSync(vendor);
copyFileSync(new URL("dist/browser/standalone.js", renderer), new URL("scalar.js", vendor));
copyFileSync(licence, new URL("LICENCE-scalar.txt", vendor));
