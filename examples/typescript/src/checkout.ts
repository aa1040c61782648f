// A checkout: hold, pay, commit; or give the stock back.
//
// node dist/checkout.js ITEM QUANTITY POSTAL_CODE [--decline]

import { ShipFromError } from "./errors.js";
import { ShipFrom, type Order } from "./shipfrom.js";

function pay(amount: string, decline: boolean): boolean {
  // Stands in for a payment provider.
  console.log(`payment of ${amount}: ${decline ? "declined" : "accepted"}`);
  return !decline;
}

async function main(item: string, quantity: string, postalCode: string, decline: boolean) {
  const shipfrom = new ShipFrom(process.env["SHIPFROM_TARGET"] ?? "127.0.0.1:50051", {
    caFile: process.env["SHIPFROM_CA_FILE"],
    tokenFile: process.env["SHIPFROM_TOKEN_FILE"],
  });
  const order: Order = {
    id: "order-1001",
    destination: { address: { region_code: "US", postal_code: postalCode } },
    lines: [{ id: "line-1", inventory_item_id: item, quantity: { value: quantity } }],
  };
  try {
    const plan = await shipfrom.hold(order, 600);
    for (const row of plan.reservations) {
      console.log(`held ${row.quantity.value} x ${row.inventory_item_id} at ${row.location_id}`);
    }
    for (const line of plan.unfilled) {
      // Not an error: the plan says what is missing, and why.
      console.log(`missing of ${line.line_id}: ${line.detail}`);
    }
    const { units, nanos } = plan.cost.total;
    const amount = `${units}.${String(Math.floor(nanos / 1e7)).padStart(2, "0")}`;
    if (plan.unfilled.length > 0 || !pay(amount, decline)) {
      await shipfrom.release(plan.id);
      console.log("released");
      return 1;
    }
    await shipfrom.commit(plan.id);
    console.log("committed");
    return 0;
  } catch (error) {
    if (error instanceof ShipFromError) {
      console.error(error.message);
      return 1;
    }
    throw error;
  } finally {
    shipfrom.close();
  }
}

const words = process.argv.slice(2).filter((word) => word !== "--decline");
const [item, quantity, postalCode] = words;
if (item === undefined || quantity === undefined || postalCode === undefined) {
  console.error("usage: checkout ITEM QUANTITY POSTAL_CODE [--decline]");
  process.exitCode = 2;
} else {
  process.exitCode = await main(item, quantity, postalCode, process.argv.includes("--decline"));
}
