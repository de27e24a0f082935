-- 20260204120000_tags, down on mariadb. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"drop the table tags","repeatable":true}
drop table `tags`;
