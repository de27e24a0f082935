-- 20261121133844_first, down on postgres. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"drop the table reviews"}
drop table "reviews";

-- step {"says":"drop the table payments"}
drop table "payments";

-- step {"says":"drop the table lines"}
drop table "lines";

-- step {"says":"drop the table products"}
drop table "products";

-- step {"says":"drop the table orders"}
drop table "orders";

-- step {"says":"drop the table categories"}
drop table "categories";

-- step {"says":"drop the table authSessions"}
drop table "authSessions";

-- step {"says":"drop the table authCredentials"}
drop table "authCredentials";

-- step {"says":"drop the table users"}
drop table "users";

-- step {"says":"drop the table authAttempts"}
drop table "authAttempts";
