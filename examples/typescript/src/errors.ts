// Errors of calls, with the reason that the server gives.

import * as grpc from "@grpc/grpc-js";
import { messageType } from "./protos.js";

const DETAILS = "google/rpc/error_details.proto";
const Status = messageType("google/rpc/status.proto", "google.rpc.Status");
const ErrorInfo = messageType(DETAILS, "google.rpc.ErrorInfo");
const RetryInfo = messageType(DETAILS, "google.rpc.RetryInfo");

/** What a call failed with. Decide by `reason`, never by the message. */
export class ShipFromError extends Error {
  constructor(
    readonly reason: string,
    readonly code: grpc.status,
    message: string,
    /** When the same call may succeed; undefined when that would not help. */
    readonly retryDelayMs: number | undefined,
  ) {
    super(`${reason || grpc.status[code]}: ${message}`);
  }

  /** Whether the same call may succeed later: the server says so, or was not reached. */
  get mayRepeat(): boolean {
    const broken = this.code === grpc.status.UNAVAILABLE || this.code === grpc.status.CANCELLED;
    return this.retryDelayMs !== undefined || (broken && this.reason === "");
  }
}

interface Packed {
  type_url: string;
  value: Uint8Array;
}

/** What a server refuses for want of room; gRPC's core does so without a word. */
export function isOverload(error: ShipFromError): boolean {
  return error.reason === "OVERLOADED" || (error.code === grpc.status.CANCELLED && !error.reason);
}

/** Reads what a server says of a call that failed. */
export function shipFromError(error: grpc.ServiceError): ShipFromError {
  const [content] = error.metadata.get("grpc-status-details-bin");
  let reason = "";
  let delayMs: number | undefined;
  if (content instanceof Buffer) {
    const status = Status.toObject(Status.decode(content)) as { details?: Packed[] };
    for (const detail of status.details ?? []) {
      if (detail.type_url.endsWith("google.rpc.ErrorInfo")) {
        reason = (ErrorInfo.toObject(ErrorInfo.decode(detail.value)) as { reason: string }).reason;
      } else if (detail.type_url.endsWith("google.rpc.RetryInfo")) {
        const { retry_delay: delay } = RetryInfo.toObject(RetryInfo.decode(detail.value), {
          longs: Number,
        }) as { retry_delay?: { seconds?: number; nanos?: number } };
        delayMs = (delay?.seconds ?? 0) * 1000 + (delay?.nanos ?? 0) / 1e6;
      }
    }
  }
  return new ShipFromError(reason, error.code, error.details, delayMs);
}
