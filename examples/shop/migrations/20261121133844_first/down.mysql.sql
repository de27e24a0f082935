-- 20261121133844_first, down on mysql. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"drop the table reviews","repeatable":true}
drop table `reviews`;

-- step {"says":"drop the table payments","repeatable":true}
drop table `payments`;

-- step {"says":"drop the table lines","repeatable":true}
drop table `lines`;

-- step {"says":"drop the table products","repeatable":true}
drop table `products`;

-- step {"says":"drop the table orders","repeatable":true}
drop table `orders`;

-- step {"says":"drop the table categories","repeatable":true}
drop table `categories`;

-- step {"says":"drop the table authSessions","repeatable":true}
drop table `authSessions`;

-- step {"says":"drop the table authCredentials","repeatable":true}
drop table `authCredentials`;

-- step {"says":"drop the table users","repeatable":true}
drop table `users`;

-- step {"says":"drop the table authAttempts","repeatable":true}
drop table `authAttempts`;
