import { execFileSync } from "node:child_process";

/** Debian's own Python, which sees Debian's packages. */
export const PYTHON = "/usr/bin/python3";

/**
 * Whether Python can import all of these modules. Each test asks for what it uses: Debian has
 * `grpc` in python3-grpcio and `grpc_tools` in python3-grpc-tools.
 */
export function pythonHas(...modules: readonly string[]): boolean {
  try {
    execFileSync(PYTHON, ["-c", `import ${modules.join(", ")}`], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
}
