-- 20260204120000_tags, up on sqlite. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"create the table tags"}
CREATE TABLE "tags" ("id" TEXT NOT NULL PRIMARY KEY, "createdAt" TEXT NOT NULL, "updatedAt" TEXT NOT NULL, "version" INTEGER NOT NULL CONSTRAINT "tags__version__83eea9bb" CHECK ("version" BETWEEN -9007199254740991 AND 9007199254740991), "name" TEXT NOT NULL, "parent" TEXT REFERENCES "tags" ("id")) STRICT;

-- step {"says":"create the table tags"}
CREATE UNIQUE INDEX "tags__name__unique" ON "tags" ("name");

-- step {"says":"create the table tags"}
CREATE INDEX "tags__parent__index" ON "tags" ("parent", "id");
