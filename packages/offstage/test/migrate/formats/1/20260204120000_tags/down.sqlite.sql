-- 20260204120000_tags, down on sqlite. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"drop the table tags","rebuild":true}
DROP TABLE "tags";
