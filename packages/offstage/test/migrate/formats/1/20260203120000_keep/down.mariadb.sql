-- 20260203120000_keep, down on mariadb. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"rename articles._dropped_20260203_price to price","repeatable":true}
alter table `articles` rename column `_dropped_20260203_price` to `price`;

-- step {"says":"change articles.price","repeatable":true}
alter table `articles` alter column `price` set default 0.00;

-- step {"says":"change articles.price","repeatable":true}
alter table `articles` modify column `price` decimal(10,2) not null default 0.00;
