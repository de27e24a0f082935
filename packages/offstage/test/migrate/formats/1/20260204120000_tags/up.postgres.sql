-- 20260204120000_tags, up on postgres. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"create the table tags"}
create table "tags" ("id" text collate "C" not null, "createdAt" timestamp(3) with time zone not null, "updatedAt" timestamp(3) with time zone not null, "version" bigint not null, "name" text collate "C" not null, "parent" text collate "C", primary key ("id"), constraint "tags__version__83eea9bb" check ("version" between -9007199254740991 and 9007199254740991));

-- step {"says":"create the table tags"}
create unique index "tags__name__unique" on "tags" ("name");

-- step {"says":"create the table tags"}
create index "tags__parent__index" on "tags" ("parent", "id");

-- step {"says":"let tags.parent refer to tags"}
alter table "tags" add constraint "tags__parent__ref" foreign key ("parent") references "tags" ("id");
