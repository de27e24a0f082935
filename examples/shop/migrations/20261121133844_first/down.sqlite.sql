-- 20261121133844_first, down on sqlite. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"drop the table reviews","rebuild":true}
DROP TABLE "reviews";

-- step {"says":"drop the table payments","rebuild":true}
DROP TABLE "payments";

-- step {"says":"drop the table lines","rebuild":true}
DROP TABLE "lines";

-- step {"says":"drop the table products","rebuild":true}
DROP TABLE "products";

-- step {"says":"drop the table products","rebuild":true}
DROP TRIGGER IF EXISTS "products__search__insert";

-- step {"says":"drop the table products","rebuild":true}
DROP TRIGGER IF EXISTS "products__search__update";

-- step {"says":"drop the table products","rebuild":true}
DROP TRIGGER IF EXISTS "products__search__delete";

-- step {"says":"drop the table products","rebuild":true}
DROP TABLE "products__search__words";

-- step {"says":"drop the table products","rebuild":true}
DROP TABLE "products__search";

-- step {"says":"drop the table orders","rebuild":true}
DROP TABLE "orders";

-- step {"says":"drop the table categories","rebuild":true}
DROP TABLE "categories";

-- step {"says":"drop the table authSessions","rebuild":true}
DROP TABLE "authSessions";

-- step {"says":"drop the table authCredentials","rebuild":true}
DROP TABLE "authCredentials";

-- step {"says":"drop the table users","rebuild":true}
DROP TABLE "users";

-- step {"says":"drop the table authAttempts","rebuild":true}
DROP TABLE "authAttempts";
