-- 20261121133844_first, up on sqlite. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"create the table authAttempts"}
CREATE TABLE "authAttempts" ("id" TEXT NOT NULL PRIMARY KEY, "key" TEXT NOT NULL, "count" INTEGER NOT NULL CONSTRAINT "authAttempts__count__6684fb51" CHECK ("count" BETWEEN -9007199254740991 AND 9007199254740991 AND "count" >= 0), "until" TEXT NOT NULL) STRICT;

-- step {"says":"create the table authAttempts"}
CREATE UNIQUE INDEX "authAttempts__key__unique" ON "authAttempts" ("key");

-- step {"says":"create the table authAttempts"}
CREATE INDEX "authAttempts__until__index" ON "authAttempts" ("until", "id");

-- step {"says":"create the table users"}
CREATE TABLE "users" ("id" TEXT NOT NULL PRIMARY KEY, "createdAt" TEXT NOT NULL, "updatedAt" TEXT NOT NULL, "version" INTEGER NOT NULL CONSTRAINT "users__version__83eea9bb" CHECK ("version" BETWEEN -9007199254740991 AND 9007199254740991), "name" TEXT NOT NULL, "email" TEXT NOT NULL, "role" TEXT NOT NULL DEFAULT 'customer' CONSTRAINT "users__role__9c8f5d0d" CHECK ("role" IN ('customer', 'staff')), "email__email" TEXT) STRICT;

-- step {"says":"create the table users"}
CREATE UNIQUE INDEX "users__email__unique" ON "users" ("email__email");

-- step {"says":"create the table authCredentials"}
CREATE TABLE "authCredentials" ("id" TEXT NOT NULL PRIMARY KEY, "createdAt" TEXT NOT NULL, "updatedAt" TEXT NOT NULL, "version" INTEGER NOT NULL CONSTRAINT "authCredentials__version__83eea9bb" CHECK ("version" BETWEEN -9007199254740991 AND 9007199254740991), "user" TEXT NOT NULL REFERENCES "users" ("id"), "hash" TEXT NOT NULL) STRICT;

-- step {"says":"create the table authCredentials"}
CREATE UNIQUE INDEX "authCredentials__user__unique" ON "authCredentials" ("user");

-- step {"says":"create the table authSessions"}
CREATE TABLE "authSessions" ("id" TEXT NOT NULL PRIMARY KEY, "createdAt" TEXT NOT NULL, "user" TEXT NOT NULL REFERENCES "users" ("id"), "hash" TEXT NOT NULL, "lastUsedAt" TEXT NOT NULL, "ip" TEXT NOT NULL, "userAgent" TEXT NOT NULL) STRICT;

-- step {"says":"create the table authSessions"}
CREATE UNIQUE INDEX "authSessions__hash__unique" ON "authSessions" ("hash");

-- step {"says":"create the table authSessions"}
CREATE INDEX "authSessions__user__index" ON "authSessions" ("user", "id");

-- step {"says":"create the table authSessions"}
CREATE INDEX "authSessions__lastUsedAt__index" ON "authSessions" ("lastUsedAt", "id");

-- step {"says":"create the table categories"}
CREATE TABLE "categories" ("id" TEXT NOT NULL PRIMARY KEY, "createdAt" TEXT NOT NULL, "updatedAt" TEXT NOT NULL, "version" INTEGER NOT NULL CONSTRAINT "categories__version__83eea9bb" CHECK ("version" BETWEEN -9007199254740991 AND 9007199254740991), "name" TEXT NOT NULL, "position" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "categories__position__6684fb51" CHECK ("position" BETWEEN -9007199254740991 AND 9007199254740991 AND "position" >= 0), "parent" TEXT REFERENCES "categories" ("id")) STRICT;

-- step {"says":"create the table categories"}
CREATE INDEX "categories__parent__index" ON "categories" ("parent", "id");

-- step {"says":"create the table orders"}
CREATE TABLE "orders" ("id" TEXT NOT NULL PRIMARY KEY, "createdAt" TEXT NOT NULL, "updatedAt" TEXT NOT NULL, "version" INTEGER NOT NULL CONSTRAINT "orders__version__83eea9bb" CHECK ("version" BETWEEN -9007199254740991 AND 9007199254740991), "customer" TEXT NOT NULL REFERENCES "users" ("id"), "status" TEXT NOT NULL DEFAULT 'cart' CONSTRAINT "orders__status__c24688cb" CHECK ("status" IN ('cart', 'placed', 'paid', 'shipped', 'cancelled')), "placedAt" TEXT, "address" TEXT, "total" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "orders__total__8983de9a" CHECK (abs("total") < 1000000000000)) STRICT;

-- step {"says":"create the table orders"}
CREATE INDEX "orders__customer__index" ON "orders" ("customer", "id");

-- step {"says":"create the table orders"}
CREATE INDEX "orders__status__index" ON "orders" ("status", "id");

-- step {"says":"create the table orders"}
CREATE INDEX "orders__placedAt__index" ON "orders" ("placedAt", "id");

-- step {"says":"create the table products"}
CREATE TABLE "products" ("id" TEXT NOT NULL PRIMARY KEY, "createdAt" TEXT NOT NULL, "updatedAt" TEXT NOT NULL, "version" INTEGER NOT NULL CONSTRAINT "products__version__83eea9bb" CHECK ("version" BETWEEN -9007199254740991 AND 9007199254740991), "name" TEXT NOT NULL, "description" TEXT NOT NULL, "price" INTEGER NOT NULL CONSTRAINT "products__price__e1ab6593" CHECK (abs("price") < 10000000000 AND "price" >= 0), "stock" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "products__stock__6684fb51" CHECK ("stock" BETWEEN -9007199254740991 AND 9007199254740991 AND "stock" >= 0), "category" TEXT NOT NULL REFERENCES "categories" ("id"), "active" INTEGER NOT NULL DEFAULT 1 CONSTRAINT "products__active__6882ac28" CHECK ("active" IN (0, 1)), "shape" TEXT NOT NULL DEFAULT 'box', "hue" INTEGER NOT NULL DEFAULT 30 CONSTRAINT "products__hue__495dae06" CHECK ("hue" BETWEEN -9007199254740991 AND 9007199254740991 AND "hue" >= 0 AND "hue" <= 359), "rating" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "products__rating__c27a61be" CHECK (abs("rating") < 1000), "ratings" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "products__ratings__6684fb51" CHECK ("ratings" BETWEEN -9007199254740991 AND 9007199254740991 AND "ratings" >= 0), "name__words" TEXT, "description__words" TEXT) STRICT;

-- step {"says":"create the table products"}
CREATE INDEX "products__price__index" ON "products" ("price", "id");

-- step {"says":"create the table products"}
CREATE INDEX "products__category__index" ON "products" ("category", "id");

-- step {"says":"create the table products"}
CREATE TABLE "products__search" ("at" INTEGER PRIMARY KEY, "id" TEXT NOT NULL UNIQUE) STRICT;

-- step {"says":"create the table products"}
CREATE VIRTUAL TABLE "products__search__words" USING fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii');

-- step {"says":"create the table products"}
INSERT INTO "products__search" ("id") SELECT "id" FROM "products";

-- step {"says":"create the table products"}
INSERT INTO "products__search__words" (rowid, words) SELECT i."at", concat(t."description__words", t."name__words") FROM "products__search" i JOIN "products" t ON t."id" = i."id";

-- step {"says":"create the table products"}
CREATE TRIGGER "products__search__insert" AFTER INSERT ON "products" BEGIN INSERT INTO "products__search" ("id") VALUES (new."id"); INSERT INTO "products__search__words" (rowid, words) VALUES (last_insert_rowid(), concat(new."description__words", new."name__words")); END;

-- step {"says":"create the table products"}
CREATE TRIGGER "products__search__update" AFTER UPDATE OF "id", "description__words", "name__words" ON "products" BEGIN UPDATE "products__search" SET "id" = new."id" WHERE "id" = old."id"; UPDATE "products__search__words" SET words = concat(new."description__words", new."name__words") WHERE rowid = (SELECT "at" FROM "products__search" WHERE "id" = new."id"); END;

-- step {"says":"create the table products"}
CREATE TRIGGER "products__search__delete" AFTER DELETE ON "products" BEGIN DELETE FROM "products__search__words" WHERE rowid = (SELECT "at" FROM "products__search" WHERE "id" = old."id"); DELETE FROM "products__search" WHERE "id" = old."id"; END;

-- step {"says":"create the table lines"}
CREATE TABLE "lines" ("id" TEXT NOT NULL PRIMARY KEY, "createdAt" TEXT NOT NULL, "updatedAt" TEXT NOT NULL, "version" INTEGER NOT NULL CONSTRAINT "lines__version__83eea9bb" CHECK ("version" BETWEEN -9007199254740991 AND 9007199254740991), "order" TEXT NOT NULL REFERENCES "orders" ("id"), "product" TEXT NOT NULL REFERENCES "products" ("id"), "quantity" INTEGER NOT NULL DEFAULT 1 CONSTRAINT "lines__quantity__7381e054" CHECK ("quantity" BETWEEN -9007199254740991 AND 9007199254740991 AND "quantity" >= 1 AND "quantity" <= 99), "name" TEXT, "price" INTEGER CONSTRAINT "lines__price__36895233" CHECK (abs("price") < 10000000000), "total" INTEGER CONSTRAINT "lines__total__8983de9a" CHECK (abs("total") < 1000000000000)) STRICT;

-- step {"says":"create the table lines"}
CREATE UNIQUE INDEX "lines__order_product__unique" ON "lines" ("order", "product");

-- step {"says":"create the table lines"}
CREATE INDEX "lines__order__index" ON "lines" ("order", "id");

-- step {"says":"create the table lines"}
CREATE INDEX "lines__product__index" ON "lines" ("product", "id");

-- step {"says":"create the table payments"}
CREATE TABLE "payments" ("id" TEXT NOT NULL PRIMARY KEY, "createdAt" TEXT NOT NULL, "updatedAt" TEXT NOT NULL, "version" INTEGER NOT NULL CONSTRAINT "payments__version__83eea9bb" CHECK ("version" BETWEEN -9007199254740991 AND 9007199254740991), "order" TEXT NOT NULL REFERENCES "orders" ("id"), "reference" TEXT NOT NULL, "amount" INTEGER NOT NULL CONSTRAINT "payments__amount__8983de9a" CHECK (abs("amount") < 1000000000000), "status" TEXT NOT NULL DEFAULT 'started' CONSTRAINT "payments__status__cdae0abd" CHECK ("status" IN ('started', 'succeeded', 'failed')), "finishedAt" TEXT) STRICT;

-- step {"says":"create the table payments"}
CREATE UNIQUE INDEX "payments__reference__unique" ON "payments" ("reference");

-- step {"says":"create the table payments"}
CREATE INDEX "payments__order__index" ON "payments" ("order", "id");

-- step {"says":"create the table reviews"}
CREATE TABLE "reviews" ("id" TEXT NOT NULL PRIMARY KEY, "createdAt" TEXT NOT NULL, "updatedAt" TEXT NOT NULL, "version" INTEGER NOT NULL CONSTRAINT "reviews__version__83eea9bb" CHECK ("version" BETWEEN -9007199254740991 AND 9007199254740991), "product" TEXT NOT NULL REFERENCES "products" ("id"), "customer" TEXT NOT NULL REFERENCES "users" ("id"), "by" TEXT NOT NULL DEFAULT '', "stars" INTEGER NOT NULL CONSTRAINT "reviews__stars__2571eb70" CHECK ("stars" BETWEEN -9007199254740991 AND 9007199254740991 AND "stars" >= 1 AND "stars" <= 5), "text" TEXT NOT NULL DEFAULT '') STRICT;

-- step {"says":"create the table reviews"}
CREATE UNIQUE INDEX "reviews__product_customer__unique" ON "reviews" ("product", "customer");

-- step {"says":"create the table reviews"}
CREATE INDEX "reviews__product__index" ON "reviews" ("product", "id");

-- step {"says":"create the table reviews"}
CREATE INDEX "reviews__customer__index" ON "reviews" ("customer", "id");
