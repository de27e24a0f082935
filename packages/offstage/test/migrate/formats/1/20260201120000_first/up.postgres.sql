-- 20260201120000_first, up on postgres. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"create the table users"}
create table "users" ("id" text collate "C" not null, "createdAt" timestamp(3) with time zone not null, "updatedAt" timestamp(3) with time zone not null, "version" bigint not null, "name" text collate "C" not null, "email" text collate "C" not null, "role" text collate "C" not null default 'member', "email__email" text collate "C", primary key ("id"), constraint "users__version__83eea9bb" check ("version" between -9007199254740991 and 9007199254740991), constraint "users__role__5ec3988b" check ("role" in ('member', 'admin')));

-- step {"says":"create the table users"}
create unique index "users__email__unique" on "users" ("email__email");

-- step {"says":"create the table posts"}
create table "posts" ("id" text collate "C" not null, "createdAt" timestamp(3) with time zone not null, "updatedAt" timestamp(3) with time zone not null, "version" bigint not null, "title" text collate "C" not null, "body" text collate "C" not null, "stars" bigint, "price" numeric(10,2) not null default '0.00', "published" boolean not null default false, "publishedAt" timestamp(3) with time zone, "day" date, "extra" json, "ratio" double precision, "status" text collate "C" not null, "author" text collate "C" not null, "next" text collate "C", "title__words" text collate "C", primary key ("id"), constraint "posts__version__83eea9bb" check ("version" between -9007199254740991 and 9007199254740991), constraint "posts__stars__5ce4b971" check ("stars" between -9007199254740991 and 9007199254740991 and "stars" >= 0 and "stars" <= 5), constraint "posts__ratio__9730ea50" check ("ratio" between '-1.7976931348623157e+308' and '1.7976931348623157e+308'), constraint "posts__status__2e263645" check ("status" in ('draft', 'done')));

-- step {"says":"create the table posts"}
create index "posts__day__index" on "posts" ("day", "id");

-- step {"says":"create the table posts"}
create index "posts__author__index" on "posts" ("author", "id");

-- step {"says":"create the table posts"}
create index "posts__next__index" on "posts" ("next", "id");

-- step {"says":"let posts.author refer to users"}
alter table "posts" add constraint "posts__author__ref" foreign key ("author") references "users" ("id");

-- step {"says":"let posts.next refer to posts"}
alter table "posts" add constraint "posts__next__ref" foreign key ("next") references "posts" ("id");
