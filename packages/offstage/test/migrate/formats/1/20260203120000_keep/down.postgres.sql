-- 20260203120000_keep, down on postgres. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"rename articles._dropped_20260203_price to price"}
alter table "articles" rename column "_dropped_20260203_price" to "price";

-- step {"says":"change articles.price"}
alter table "articles" alter column "price" set default '0.00';

-- step {"says":"change articles.price"}
alter table "articles" add constraint "articles__price__required" check ("price" is not null) not valid;

-- step {"says":"change articles.price"}
alter table "articles" validate constraint "articles__price__required";

-- step {"says":"change articles.price"}
alter table "articles" alter column "price" set not null;

-- step {"says":"change articles.price"}
alter table "articles" drop constraint "articles__price__required";
