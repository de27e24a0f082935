-- 20260201120000_first, down on mysql. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"drop the table posts","repeatable":true}
drop table `posts`;

-- step {"says":"drop the table users","repeatable":true}
drop table `users`;
