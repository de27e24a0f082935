-- 20260203120000_keep, up on postgres. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"change articles.price"}
alter table "articles" alter column "price" drop default, alter column "price" drop not null;

-- step {"says":"rename articles.price to _dropped_20260203_price"}
alter table "articles" rename column "price" to "_dropped_20260203_price";
