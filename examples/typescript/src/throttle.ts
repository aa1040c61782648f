// Holds calls back while the server refuses too many: the rule of allocation/client/throttle.py.

import * as grpc from "@grpc/grpc-js";
import { ShipFromError } from "./errors.js";

/** Calls sent for each that is taken on. */
const MULTIPLE = 1.2;
/** Calls that are sent however many are refused, within the memory. */
const LEAST_CALLS = 5;
/** Time after which a call counts by 1/e. */
const MEMORY_MS = 1_000;
/** So long without a refusal, and so many taken on in a row: all is well again. */
const CALM_MS = 300;
const CALM_CALLS = 4;

const RETRY_DELAY_MS = 100;

export class Throttle {
  private calls = 0;
  private takenOn = 0;
  private inARow = 0;
  private countedMs: number;
  private refusedMs: number;

  constructor(
    private readonly nowMs: () => number = () => performance.now(),
    private readonly chance: () => number = Math.random,
  ) {
    this.countedMs = this.refusedMs = nowMs();
  }

  /** Lets a call pass, or throws what the server would answer. */
  check(): void {
    this.forget();
    const beyond = this.calls - MULTIPLE * this.takenOn - LEAST_CALLS;
    if (beyond > 0 && this.chance() < beyond / (this.calls + 1)) {
      this.calls += 1;
      const message = "not sent: the server refuses too many calls; try again a little later";
      const code = grpc.status.RESOURCE_EXHAUSTED;
      throw new ShipFromError("OVERLOADED", code, message, RETRY_DELAY_MS);
    }
  }

  /** Counts a call that the server refused, or took on. */
  note(refused: boolean): void {
    this.forget();
    this.calls += 1;
    if (refused) {
      this.inARow = 0;
      this.refusedMs = this.countedMs;
      return;
    }
    this.takenOn += 1;
    this.inARow += 1;
    if (this.inARow >= CALM_CALLS && this.countedMs - this.refusedMs >= CALM_MS) {
      this.calls = this.takenOn = 0;
    }
  }

  private forget(): void {
    const now = this.nowMs();
    const share = Math.exp((this.countedMs - now) / MEMORY_MS);
    this.calls *= share;
    this.takenOn *= share;
    this.countedMs = now;
  }
}
