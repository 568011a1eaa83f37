// What raw peers write and read header blocks with; it is the wire's own.
export * from "@tightwire/wire/internals/hpack/raw-hpack.test-support.js";
