-- 20260202120000_rename, up on sqlite. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"rename the table posts to articles"}
ALTER TABLE "posts" RENAME TO "articles";

-- step {"says":"articles is copied: name the limits after articles, rename articles.title to headline, rename articles.title__words to headline__words, rename the index posts__day__index to articles__day__index, rename the index posts__author__index to articles__author__index, rename the index posts__next__index to articles__next__index, change articles.status, add articles.words","rebuild":true}
CREATE TABLE "articles__new" ("id" TEXT NOT NULL PRIMARY KEY, "author" TEXT NOT NULL REFERENCES "users" ("id"), "body" TEXT NOT NULL, "createdAt" TEXT NOT NULL, "day" TEXT, "extra" TEXT, "next" TEXT REFERENCES "articles" ("id"), "price" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "articles__price__36895233" CHECK (abs("price") < 10000000000), "published" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "articles__published__6882ac28" CHECK ("published" IN (0, 1)), "publishedAt" TEXT, "ratio" REAL CONSTRAINT "articles__ratio__9730ea50" CHECK ("ratio" BETWEEN -1.7976931348623157e+308 AND 1.7976931348623157e+308), "stars" INTEGER CONSTRAINT "articles__stars__5ce4b971" CHECK ("stars" BETWEEN -9007199254740991 AND 9007199254740991 AND "stars" >= 0 AND "stars" <= 5), "status" TEXT NOT NULL CONSTRAINT "articles__status__e4204ed0" CHECK ("status" IN ('draft', 'done', 'unpublished')), "headline" TEXT NOT NULL, "headline__words" TEXT, "updatedAt" TEXT NOT NULL, "version" INTEGER NOT NULL CONSTRAINT "articles__version__83eea9bb" CHECK ("version" BETWEEN -9007199254740991 AND 9007199254740991), "words" INTEGER CONSTRAINT "articles__words__83eea9bb" CHECK ("words" BETWEEN -9007199254740991 AND 9007199254740991)) STRICT;

-- step {"says":"copy the rows of articles","rebuild":true}
INSERT INTO "articles__new" ("id", "author", "body", "createdAt", "day", "extra", "next", "price", "published", "publishedAt", "ratio", "stars", "status", "headline", "headline__words", "updatedAt", "version", "words") SELECT "id", "author", "body", "createdAt", "day", "extra", "next", "price", "published", "publishedAt", "ratio", "stars", "status", "title", "title__words", "updatedAt", "version", NULL FROM "articles";

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

-- step {"says":"articles.status: draft becomes unpublished"}
UPDATE "articles" SET "status" = 'unpublished' WHERE "status" = 'draft';

-- step {"kind":"run","says":"run the data step articles.words","run":{"op":"data","step":"articles.words"}}

-- step {"says":"articles is copied: change articles.status, change articles.words, drop articles.body","rebuild":true}
CREATE TABLE "articles__new" ("id" TEXT NOT NULL PRIMARY KEY, "author" TEXT NOT NULL REFERENCES "users" ("id"), "createdAt" TEXT NOT NULL, "day" TEXT, "extra" TEXT, "next" TEXT REFERENCES "articles" ("id"), "price" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "articles__price__36895233" CHECK (abs("price") < 10000000000), "published" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "articles__published__6882ac28" CHECK ("published" IN (0, 1)), "publishedAt" TEXT, "ratio" REAL CONSTRAINT "articles__ratio__9730ea50" CHECK ("ratio" BETWEEN -1.7976931348623157e+308 AND 1.7976931348623157e+308), "stars" INTEGER CONSTRAINT "articles__stars__5ce4b971" CHECK ("stars" BETWEEN -9007199254740991 AND 9007199254740991 AND "stars" >= 0 AND "stars" <= 5), "status" TEXT NOT NULL CONSTRAINT "articles__status__c0d4cdc5" CHECK ("status" IN ('unpublished', 'done')), "headline" TEXT NOT NULL, "headline__words" TEXT, "updatedAt" TEXT NOT NULL, "version" INTEGER NOT NULL CONSTRAINT "articles__version__83eea9bb" CHECK ("version" BETWEEN -9007199254740991 AND 9007199254740991), "words" INTEGER NOT NULL CONSTRAINT "articles__words__83eea9bb" CHECK ("words" BETWEEN -9007199254740991 AND 9007199254740991)) STRICT;

-- step {"says":"copy the rows of articles","rebuild":true}
INSERT INTO "articles__new" ("id", "author", "createdAt", "day", "extra", "next", "price", "published", "publishedAt", "ratio", "stars", "status", "headline", "headline__words", "updatedAt", "version", "words") SELECT "id", "author", "createdAt", "day", "extra", "next", "price", "published", "publishedAt", "ratio", "stars", "status", "headline", "headline__words", "updatedAt", "version", "words" FROM "articles";

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
