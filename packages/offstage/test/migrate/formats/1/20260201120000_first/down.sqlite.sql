-- 20260201120000_first, down on sqlite. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"drop the table posts","rebuild":true}
DROP TABLE "posts";

-- step {"says":"drop the table users","rebuild":true}
DROP TABLE "users";
