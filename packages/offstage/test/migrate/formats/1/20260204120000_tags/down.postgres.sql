-- 20260204120000_tags, down on postgres. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"drop the table tags"}
drop table "tags";
