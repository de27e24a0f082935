-- 20260203120000_keep, up on mysql. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"change articles.price","repeatable":true}
alter table `articles` modify column `price` decimal(10,2) null;

-- step {"says":"rename articles.price to _dropped_20260203_price","repeatable":true}
alter table `articles` rename column `price` to `_dropped_20260203_price`;
