-- 20260206120000_own, up on sqlite. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"run SQL of your own"}
insert into tags (id, name) select id, name from users where 1 = 0;
