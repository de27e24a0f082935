-- 20260203120000_keep, down on sqlite. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"articles is copied: rename articles._dropped_20260203_price to price, change articles.price","rebuild":true}
CREATE TABLE "articles__new" ("id" TEXT NOT NULL PRIMARY KEY, "price" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "articles__price__36895233" CHECK (abs("price") < 10000000000), "author" TEXT NOT NULL REFERENCES "users" ("id"), "createdAt" TEXT NOT NULL, "day" TEXT, "extra" TEXT, "headline" TEXT NOT NULL, "headline__words" TEXT, "next" TEXT REFERENCES "articles" ("id"), "published" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "articles__published__6882ac28" CHECK ("published" IN (0, 1)), "publishedAt" TEXT, "ratio" REAL CONSTRAINT "articles__ratio__9730ea50" CHECK ("ratio" BETWEEN -1.7976931348623157e+308 AND 1.7976931348623157e+308), "stars" INTEGER CONSTRAINT "articles__stars__5ce4b971" CHECK ("stars" BETWEEN -9007199254740991 AND 9007199254740991 AND "stars" >= 0 AND "stars" <= 5), "status" TEXT NOT NULL CONSTRAINT "articles__status__c0d4cdc5" CHECK ("status" IN ('unpublished', 'done')), "updatedAt" TEXT NOT NULL, "version" INTEGER NOT NULL CONSTRAINT "articles__version__83eea9bb" CHECK ("version" BETWEEN -9007199254740991 AND 9007199254740991), "words" INTEGER NOT NULL CONSTRAINT "articles__words__83eea9bb" CHECK ("words" BETWEEN -9007199254740991 AND 9007199254740991)) STRICT;

-- step {"says":"copy the rows of articles","rebuild":true}
INSERT INTO "articles__new" ("id", "price", "author", "createdAt", "day", "extra", "headline", "headline__words", "next", "published", "publishedAt", "ratio", "stars", "status", "updatedAt", "version", "words") SELECT "id", "_dropped_20260203_price", "author", "createdAt", "day", "extra", "headline", "headline__words", "next", "published", "publishedAt", "ratio", "stars", "status", "updatedAt", "version", "words" FROM "articles";

-- step {"says":"drop the old articles","rebuild":true}
DROP TABLE "articles";

-- step {"says":"put the new articles in its place","rebuild":true}
ALTER TABLE "articles__new" RENAME TO "articles";

-- step {"says":"add the index articles__author__index","rebuild":true}
CREATE INDEX "articles__author__index" ON "articles" ("author", "id");

-- step {"says":"add the index articles__day__index","rebuild":true}
CREATE INDEX "articles__day__index" ON "articles" ("day", "id");

-- step {"says":"add the index articles__next__index","rebuild":true}
CREATE INDEX "articles__next__index" ON "articles" ("next", "id");
