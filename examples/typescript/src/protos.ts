// The proto files: those of this repository, and Google's common ones from npm.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as protoLoader from "@grpc/proto-loader";
import protobuf from "protobufjs";

const here = dirname(fileURLToPath(import.meta.url));
const folders = [
  process.env["SHIPFROM_PROTOS"] ?? join(here, "..", "..", "..", "protos"),
  dirname(createRequire(import.meta.url).resolve("google-proto-files/package.json")),
];

/** The methods of a service, as grpc-js takes them. */
export function serviceMethods(file: string, service: string) {
  const loaded = protoLoader.loadSync(file, {
    includeDirs: folders,
    keepCase: true, // names as in the proto files
    longs: String, // 64-bit integers do not fit into a number
    enums: String,
    defaults: true,
  });
  return loaded[service] as protoLoader.ServiceDefinition;
}

/** A type of message, to read the details of errors with. */
export function messageType(file: string, name: string): protobuf.Type {
  const root = new protobuf.Root();
  root.resolvePath = (_, target) => {
    const found = folders.map((folder) => join(folder, target)).find((path) => existsSync(path));
    return found ?? target;
  };
  return root.loadSync(file, { keepCase: true }).lookupType(name);
}
