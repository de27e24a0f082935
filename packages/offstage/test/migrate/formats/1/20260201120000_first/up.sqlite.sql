-- 20260201120000_first, up on sqlite. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"create the table users"}
CREATE TABLE "users" ("id" TEXT NOT NULL PRIMARY KEY, "createdAt" TEXT NOT NULL, "updatedAt" TEXT NOT NULL, "version" INTEGER NOT NULL CONSTRAINT "users__version__83eea9bb" CHECK ("version" BETWEEN -9007199254740991 AND 9007199254740991), "name" TEXT NOT NULL, "email" TEXT NOT NULL, "role" TEXT NOT NULL DEFAULT 'member' CONSTRAINT "users__role__5ec3988b" CHECK ("role" IN ('member', 'admin')), "email__email" TEXT) STRICT;

-- step {"says":"create the table users"}
CREATE UNIQUE INDEX "users__email__unique" ON "users" ("email__email");

-- step {"says":"create the table posts"}
CREATE TABLE "posts" ("id" TEXT NOT NULL PRIMARY KEY, "createdAt" TEXT NOT NULL, "updatedAt" TEXT NOT NULL, "version" INTEGER NOT NULL CONSTRAINT "posts__version__83eea9bb" CHECK ("version" BETWEEN -9007199254740991 AND 9007199254740991), "title" TEXT NOT NULL, "body" TEXT NOT NULL, "stars" INTEGER CONSTRAINT "posts__stars__5ce4b971" CHECK ("stars" BETWEEN -9007199254740991 AND 9007199254740991 AND "stars" >= 0 AND "stars" <= 5), "price" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "posts__price__36895233" CHECK (abs("price") < 10000000000), "published" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "posts__published__6882ac28" CHECK ("published" IN (0, 1)), "publishedAt" TEXT, "day" TEXT, "extra" TEXT, "ratio" REAL CONSTRAINT "posts__ratio__9730ea50" CHECK ("ratio" BETWEEN -1.7976931348623157e+308 AND 1.7976931348623157e+308), "status" TEXT NOT NULL CONSTRAINT "posts__status__2e263645" CHECK ("status" IN ('draft', 'done')), "author" TEXT NOT NULL REFERENCES "users" ("id"), "next" TEXT REFERENCES "posts" ("id"), "title__words" TEXT) STRICT;

-- step {"says":"create the table posts"}
CREATE INDEX "posts__day__index" ON "posts" ("day", "id");

-- step {"says":"create the table posts"}
CREATE INDEX "posts__author__index" ON "posts" ("author", "id");

-- step {"says":"create the table posts"}
CREATE INDEX "posts__next__index" ON "posts" ("next", "id");
