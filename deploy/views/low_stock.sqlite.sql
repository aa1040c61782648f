-- Low stock facts for purchasing, as views over the ledger's tables (SQLite).
-- Apply once: sqlite3 shipfrom.db < low_stock.sqlite.sql
-- They only read; drop and create them again to change their figures. Quantities are whole
-- increments of the item (pieces, or hundredths where an item has two decimals).
--
-- Demand is what was fulfilled in the 56 days until now; a week is seven days back from now.
-- The lead time of supply is a week; an item with another one needs its own figures.

DROP VIEW IF EXISTS low_stock_transfer;
DROP VIEW IF EXISTS low_stock_abc;
DROP VIEW IF EXISTS low_stock;
DROP VIEW IF EXISTS low_stock_week;
DROP VIEW IF EXISTS low_stock_level;

CREATE VIEW low_stock_level AS
SELECT item_id, location_id,
       SUM(on_hand) AS on_hand,
       SUM(on_hand - unavailable - held - committed - safety_stock) AS available,
       SUM(safety_stock) AS safety_stock
FROM level WHERE item_id NOT LIKE '~capacity/%' GROUP BY item_id, location_id;

CREATE VIEW low_stock_week AS
SELECT item_id, location_id,
       (CAST(strftime('%s', 'now') AS INTEGER) * 1000000 - fulfill_us) / 604800000000 AS weeks_ago,
       SUM(quantity) AS units
FROM plan_row
WHERE state = 'fulfilled' AND fulfill_us <= CAST(strftime('%s', 'now') AS INTEGER) * 1000000 AND fulfill_us > CAST(strftime('%s', 'now') AS INTEGER) * 1000000 - 8 * 604800000000
GROUP BY 1, 2, 3;

-- reorder_point: safety stock is kept already, so this is demand of one lead time.
-- days_of_cover: NULL where nothing was sold.
-- stockout_risk_percent: weeks of the last eight whose demand was above what is available now.
CREATE VIEW low_stock AS
SELECT l.item_id, l.location_id, l.on_hand, l.available, l.safety_stock,
       COALESCE(d.units, 0) AS units_in_8_weeks,
       (COALESCE(d.units, 0) + 7) / 8 AS reorder_point,
       CASE WHEN d.units > 0 THEN MAX(l.available, 0) * 56 / d.units END AS days_of_cover,
       100 * (SELECT COUNT(*) FROM low_stock_week AS w
              WHERE w.item_id = l.item_id AND w.location_id = l.location_id
                AND w.units > l.available) / 8 AS stockout_risk_percent,
       CASE WHEN l.available <= 0 THEN 'out'
            WHEN l.available <= (COALESCE(d.units, 0) + 7) / 8 THEN 'reorder'
            ELSE 'enough' END AS state
FROM low_stock_level AS l
LEFT JOIN (SELECT item_id, location_id, SUM(units) AS units
           FROM low_stock_week GROUP BY item_id, location_id) AS d
  ON d.item_id = l.item_id AND d.location_id = l.location_id;

-- A: the items that make the first 80 % of units; B: up to 95 %; C: the rest.
CREATE VIEW low_stock_abc AS
SELECT item_id, units,
       CASE WHEN total = 0 THEN 'C'
            WHEN (through - units) * 100 < 80 * total THEN 'A'
            WHEN (through - units) * 100 < 95 * total THEN 'B'
            ELSE 'C' END AS abc_class
FROM (SELECT item_id, units,
             SUM(units) OVER (ORDER BY units DESC, item_id) AS through,
             SUM(units) OVER () AS total
      FROM (SELECT item_id, SUM(units_in_8_weeks) AS units
            FROM low_stock GROUP BY item_id) AS by_item) AS ranked;

-- For each level to reorder, the location with most to spare of the item. Several rows may
-- name the same location: together they can ask for more than it has to spare.
CREATE VIEW low_stock_transfer AS
SELECT item_id, from_location_id, to_location_id,
       CASE WHEN spare < wanted THEN spare ELSE wanted END AS units
FROM (SELECT s.item_id, s.location_id AS to_location_id, f.location_id AS from_location_id,
             s.reorder_point + 1 - s.available AS wanted,
             f.available - f.reorder_point - 1 AS spare,
             ROW_NUMBER() OVER (PARTITION BY s.item_id, s.location_id
                                ORDER BY f.available - f.reorder_point DESC, f.location_id) AS place
      FROM low_stock AS s
      JOIN low_stock AS f ON f.item_id = s.item_id AND f.location_id <> s.location_id
      WHERE s.state <> 'enough' AND s.units_in_8_weeks > 0
        AND f.available > f.reorder_point + 1) AS pairs
WHERE place = 1;
