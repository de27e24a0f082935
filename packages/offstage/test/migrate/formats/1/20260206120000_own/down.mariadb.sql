-- 20260206120000_own, down on mariadb. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"run SQL of your own"}
delete from tags where 1 = 0;
