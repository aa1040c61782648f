// A small client: one connection, deadlines, tokens, TLS, and calls made again where that is safe.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import { isOverload, ShipFromError, shipFromError } from "./errors.js";
import { serviceMethods } from "./protos.js";
import { Throttle } from "./throttle.js";

/** Numbers are text and stay so: those of JavaScript are not exact for all of them. */
export interface Decimal {
  value: string;
}

export interface Plan {
  id: string;
  state: string;
  reservations: {
    line_id: string;
    inventory_item_id: string;
    location_id: string;
    quantity: Decimal;
  }[];
  unfilled: { line_id: string; reason: string; detail: string }[];
  cost: { total: { currency_code: string; units: string; nanos: number } };
}

export interface Order {
  id: string;
  destination: { address: { region_code: string; postal_code: string }; residential?: boolean };
  lines: { id: string; inventory_item_id: string; quantity: Decimal }[];
}

export interface Options {
  /** Certificates that the server's must be signed by, PEM. */
  caFile?: string | undefined;
  /** File with the token, read again for every call, so that it can be exchanged. */
  tokenFile?: string | undefined;
  /** For a call with all its attempts. */
  timeoutMs?: number;
}

const METHODS = serviceMethods(
  "allocation/v1/allocation_service.proto",
  "allocation.v1.AllocationService",
);
const MOST_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 50;

export class ShipFrom {
  private readonly client: grpc.Client;
  private readonly timeoutMs: number;
  /** Of Allocate alone: to commit and to release is never held back. */
  private readonly throttle = new Throttle();

  constructor(
    target: string,
    private readonly options: Options = {},
  ) {
    const credentials =
      options.caFile === undefined
        ? grpc.credentials.createInsecure()
        : grpc.credentials.createSsl(readFileSync(options.caFile));
    this.timeoutMs = options.timeoutMs ?? 5_000;
    this.client = new grpc.Client(target, credentials, {
      // Several addresses behind one name share the calls.
      "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
      // A connection whose other end is gone without a word is found out.
      "grpc.keepalive_time_ms": 30_000,
    });
  }

  /** Plans an order and holds its stock. The same id gets the same answer, however often. */
  async hold(order: Order, ttlSeconds: number, requestId = randomUUID()): Promise<Plan> {
    const request = {
      request_id: requestId,
      order,
      mode: "ALLOCATE_MODE_HOLD",
      hold_ttl: { seconds: ttlSeconds },
    };
    return (await this.call<{ plan: Plan }>("Allocate", request, this.throttle)).plan;
  }

  /** Turns a hold into a commitment; repeatable. */
  async commit(planId: string): Promise<Plan> {
    const request = { plan_id: planId, request_id: randomUUID() };
    return (await this.call<{ plan: Plan }>("CommitPlan", request)).plan;
  }

  /** Gives stock back; repeatable. */
  async release(planId: string): Promise<Plan> {
    const request = { plan_id: planId, request_id: randomUUID() };
    return (await this.call<{ plan: Plan }>("ReleasePlan", request)).plan;
  }

  close(): void {
    this.client.close();
  }

  /** Makes a call, again where the server says so or was not reached, until the time is up. */
  private async call<Answer>(name: string, request: object, throttle?: Throttle): Promise<Answer> {
    const deadline = Date.now() + this.timeoutMs;
    for (let attempt = 1; ; attempt += 1) {
      try {
        throttle?.check();
        const answer = await this.once<Answer>(name, request, deadline);
        throttle?.note(false);
        return answer;
      } catch (caught) {
        const heldBack = caught instanceof ShipFromError;
        const error = heldBack ? caught : shipFromError(caught as grpc.ServiceError);
        if (!heldBack && (error.reason !== "" || isOverload(error))) {
          // Without a reason nobody looked at it, which says nothing about how busy they are.
          throttle?.note(isOverload(error));
        }
        const pause = error.retryDelayMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1);
        const wait = pause * (0.75 + Math.random() / 2);
        if (!error.mayRepeat || attempt >= MOST_ATTEMPTS || Date.now() + wait >= deadline) {
          throw error;
        }
        await sleep(wait);
      }
    }
  }

  private once<Answer>(name: string, request: object, deadline: number): Promise<Answer> {
    const method = METHODS[name];
    if (method === undefined) {
      throw new Error(`the service has no method ${name}`);
    }
    const metadata = new grpc.Metadata();
    if (this.options.tokenFile !== undefined) {
      const token = readFileSync(this.options.tokenFile, "utf8").trim();
      metadata.set("authorization", `Bearer ${token}`);
    }
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize as (content: Buffer) => object,
        request,
        metadata,
        { deadline },
        (error, answer) => {
          if (error !== null) {
            reject(error);
          } else {
            resolve(answer as Answer);
          }
        },
      );
    });
  }
}
