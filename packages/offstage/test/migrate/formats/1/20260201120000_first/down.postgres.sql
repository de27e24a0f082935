-- 20260201120000_first, down on postgres. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"drop the table posts"}
drop table "posts";

-- step {"says":"drop the table users"}
drop table "users";
