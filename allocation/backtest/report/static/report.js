// Shows only the orders that contain what was typed. The page is complete without it.
"use strict";
const find = document.getElementById("find");
if (find) {
  const orders = [...document.querySelectorAll("#orders > details")];
  const texts = orders.map((order) => order.textContent.toLowerCase());
  const none = document.getElementById("none");
  find.addEventListener("input", () => {
    const wanted = find.value.trim().toLowerCase();
    let shown = 0;
    orders.forEach((order, number) => {
      order.hidden = !texts[number].includes(wanted);
      shown += order.hidden ? 0 : 1;
    });
    none.hidden = shown > 0;
  });
}
