-- Low stock facts for purchasing, as views over the ledger's tables (PostgreSQL).
-- Apply once: psql -f low_stock.postgresql.sql
-- They only read; drop and create them again to change their figures. Quantities are whole
-- increments of the item (pieces, or hundredths where an item has two decimals).
-- They say what `shipfrom stock low` says; docs/how-to/find-low-stock.md has the formulas.
--
-- Demand is what was fulfilled in the 56 days until now; a week is seven days back from now.

DROP VIEW IF EXISTS low_stock_transfer;
DROP VIEW IF EXISTS low_stock_abc;
DROP VIEW IF EXISTS low_stock;
DROP VIEW IF EXISTS low_stock_reorder;
DROP VIEW IF EXISTS low_stock_risk;
DROP VIEW IF EXISTS low_stock_week;
DROP VIEW IF EXISTS low_stock_level;
DROP VIEW IF EXISTS low_stock_lead_time;

-- The ledger's tables do not hold the lead times of items: put those of yours here.
CREATE VIEW low_stock_lead_time AS
SELECT DISTINCT item_id, 7 AS days FROM level WHERE item_id NOT LIKE '~%';

-- available: what of expired lots is there cannot be sold.
-- incoming_soon: expected within the lead time; both less what plans wait for.
CREATE VIEW low_stock_level AS
SELECT l.item_id, l.location_id, t.days AS lead_time_days,
       SUM(l.on_hand)::bigint AS on_hand,
       SUM(CASE WHEN l.expiry_date < to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD')
                THEN LEAST(0, l.on_hand - l.unavailable - l.held - l.committed - l.safety_stock)
                ELSE l.on_hand - l.unavailable - l.held - l.committed - l.safety_stock
           END)::bigint AS available,
       SUM(l.safety_stock)::bigint AS safety_stock,
       SUM((SELECT COALESCE(SUM((s.value ->> 0)::bigint), 0)
            FROM json_array_elements(l.incoming::json) AS s))::bigint
       - COALESCE((SELECT SUM(w.unavailable + w.held + w.committed + w.safety_stock
                               - w.on_hand) FROM level AS w
                 WHERE w.item_id = '~waiting/' || l.item_id
                   AND w.location_id = l.location_id), 0)::bigint AS incoming,
       SUM((SELECT COALESCE(SUM((s.value ->> 0)::bigint), 0)
            FROM json_array_elements(l.incoming::json) AS s
            WHERE (s.value ->> 1)::bigint - (EXTRACT(EPOCH FROM now()) * 1000000)::bigint
                  BETWEEN 1 AND t.days * 86400000000))::bigint
       - COALESCE((SELECT SUM(w.unavailable + w.held + w.committed + w.safety_stock
                               - w.on_hand) FROM level AS w
                 WHERE w.item_id = '~waiting/' || l.item_id
                   AND w.location_id = l.location_id), 0)::bigint AS incoming_soon
FROM level AS l JOIN low_stock_lead_time AS t ON t.item_id = l.item_id
GROUP BY l.item_id, l.location_id, t.days;

CREATE VIEW low_stock_week AS
SELECT item_id, location_id,
       ((EXTRACT(EPOCH FROM now()) * 1000000)::bigint - fulfill_us) / 604800000000 AS weeks_ago,
       SUM(quantity)::bigint AS units
FROM plan_row
WHERE state = 'fulfilled' AND fulfill_us <= (EXTRACT(EPOCH FROM now()) * 1000000)::bigint AND fulfill_us > (EXTRACT(EPOCH FROM now()) * 1000000)::bigint - 8 * 604800000000
  AND item_id NOT LIKE '~%'
GROUP BY 1, 2, 3;

-- z: standard deviations above the mean, in thousandths, that a normal variable exceeds with
-- 1, 2 ... 99 percent.
CREATE VIEW low_stock_risk AS
WITH z (thousandths) AS (VALUES
    (2326), (2054), (1881), (1751), (1645), (1555), (1476), (1405), (1341), (1282), (1227),
    (1175), (1126), (1080), (1036), (994), (954), (915), (878), (842), (806), (772), (739),
    (706), (674), (643), (613), (583), (553), (524), (496), (468), (440), (412), (385),
    (358), (332), (305), (279), (253), (228), (202), (176), (151), (126), (100), (75), (50),
    (25), (0), (-25), (-50), (-75), (-100), (-126), (-151), (-176), (-202), (-228), (-253),
    (-279), (-305), (-332), (-358), (-385), (-412), (-440), (-468), (-496), (-524), (-553),
    (-583), (-613), (-643), (-674), (-706), (-739), (-772), (-806), (-842), (-878), (-915),
    (-954), (-994), (-1036), (-1080), (-1126), (-1175), (-1227), (-1282), (-1341), (-1405),
    (-1476), (-1555), (-1645), (-1751), (-1881), (-2054), (-2326)
) SELECT thousandths FROM z;

-- root: standard deviation of one lead time's demand, times 56.
-- reorder_point: mean demand of a lead time, and what covers 95 % of lead times as far as
-- safety stock, which is not available, does not.
CREATE VIEW low_stock_reorder AS
SELECT d.*, (d.units * d.lead_time_days + 55) / 56
            + GREATEST(0, ceil(1.645::double precision * d.root / 56)::bigint
                          - d.safety_stock) AS reorder_point
FROM (SELECT l.*, COALESCE(w.units, 0) AS units,
             sqrt(0::double precision + COALESCE(8 * w.squares - w.units * w.units, 0) * 8
                  * l.lead_time_days) AS root
      FROM low_stock_level AS l
      LEFT JOIN (SELECT item_id, location_id, SUM(units)::bigint AS units,
                        SUM(units::double precision * units) AS squares
                 FROM low_stock_week GROUP BY item_id, location_id) AS w
        ON w.item_id = l.item_id AND w.location_id = l.location_id) AS d;

-- days_of_cover: NULL where nothing was sold.
-- stockout_risk_percent: likelihood that the demand of a lead time is above what is available
-- then, if demand is normal.
CREATE VIEW low_stock AS
SELECT item_id, location_id, on_hand, available, safety_stock, incoming, lead_time_days,
       units AS units_in_8_weeks, reorder_point,
       CASE WHEN units > 0 THEN GREATEST(available, 0) * 56 / units END AS days_of_cover,
       CASE WHEN root > 0 THEN
                (SELECT COUNT(*) FROM low_stock_risk
                 WHERE 1000 * (56 * (available + incoming_soon) - units * lead_time_days)
                       <= thousandths * root)
            WHEN 56 * (available + incoming_soon) < units * lead_time_days THEN 100
            ELSE 0 END AS stockout_risk_percent,
       CASE WHEN available <= 0 THEN 'out'
            WHEN available + incoming <= reorder_point THEN 'reorder'
            ELSE 'enough' END AS state
FROM low_stock_reorder;

-- A: the items that make the first 80 % of units; B: up to 95 %; C: the rest.
CREATE VIEW low_stock_abc AS
SELECT item_id, units,
       CASE WHEN (through - units) * 100 < 80 * total THEN 'A'
            WHEN (through - units) * 100 < 95 * total THEN 'B'
            ELSE 'C' END AS abc_class
FROM (SELECT item_id, units,
             SUM(units) OVER (ORDER BY units DESC, item_id COLLATE "C") AS through,
             SUM(units) OVER () AS total
      FROM (SELECT l.item_id, COALESCE(SUM(w.units), 0) AS units
            FROM (SELECT DISTINCT item_id FROM low_stock_level) AS l
            LEFT JOIN low_stock_week AS w ON w.item_id = l.item_id
            GROUP BY l.item_id) AS by_item) AS ranked;

-- For each level to reorder, where its units could come from. What is lacked and what can be
-- spared are laid end to end, the most first: no unit is suggested twice.
CREATE VIEW low_stock_transfer AS
WITH lacking AS (
    SELECT item_id, location_id, wanted,
           SUM(wanted) OVER (PARTITION BY item_id ORDER BY wanted DESC, location_id COLLATE "C") AS until
    FROM (SELECT item_id, location_id, reorder_point + 1 - available - incoming AS wanted
          FROM low_stock WHERE state <> 'enough' AND units_in_8_weeks > 0) AS every_level
    WHERE wanted > 0
), sparing AS (
    SELECT item_id, location_id, spare,
           SUM(spare) OVER (PARTITION BY item_id ORDER BY spare DESC, location_id COLLATE "C") AS until
    FROM (SELECT item_id, location_id, available - reorder_point - 1 AS spare
          FROM low_stock) AS every_level
    WHERE spare > 0
)
SELECT l.item_id, s.location_id AS from_location_id, l.location_id AS to_location_id,
       LEAST(l.until, s.until) - GREATEST(l.until - l.wanted, s.until - s.spare) AS units
FROM lacking AS l JOIN sparing AS s ON s.item_id = l.item_id
WHERE s.until - s.spare < l.until AND s.until > l.until - l.wanted;
