-- 20260202120000_rename, up on postgres. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"rename the table posts to articles"}
alter table "posts" rename to "articles";

-- step {"says":"rename the table posts to articles"}
alter table "articles" rename constraint "posts__ratio__9730ea50" to "articles__ratio__9730ea50";

-- step {"says":"rename the table posts to articles"}
alter table "articles" rename constraint "posts__stars__5ce4b971" to "articles__stars__5ce4b971";

-- step {"says":"rename the table posts to articles"}
alter table "articles" rename constraint "posts__status__2e263645" to "articles__status__2e263645";

-- step {"says":"rename the table posts to articles"}
alter table "articles" rename constraint "posts__version__83eea9bb" to "articles__version__83eea9bb";

-- step {"says":"rename the table posts to articles"}
alter table "articles" rename constraint "posts__author__ref" to "articles__author__ref";

-- step {"says":"rename the table posts to articles"}
alter table "articles" rename constraint "posts__next__ref" to "articles__next__ref";

-- step {"says":"rename articles.title to headline"}
alter table "articles" rename column "title" to "headline";

-- step {"says":"rename articles.title__words to headline__words"}
alter table "articles" rename column "title__words" to "headline__words";

-- step {"says":"rename the index posts__day__index to articles__day__index"}
alter index "posts__day__index" rename to "articles__day__index";

-- step {"says":"rename the index posts__author__index to articles__author__index"}
alter index "posts__author__index" rename to "articles__author__index";

-- step {"says":"rename the index posts__next__index to articles__next__index"}
alter index "posts__next__index" rename to "articles__next__index";

-- step {"says":"change articles.status"}
alter table "articles" drop constraint "articles__status__2e263645";

-- step {"says":"change articles.status"}
alter table "articles" add constraint "articles__status__e4204ed0" check ("status" in ('draft', 'done', 'unpublished')) not valid;

-- step {"says":"change articles.status"}
alter table "articles" validate constraint "articles__status__e4204ed0";

-- step {"says":"add articles.words"}
alter table "articles" add column "words" bigint;

-- step {"says":"add articles.words"}
alter table "articles" add constraint "articles__words__83eea9bb" check ("words" between -9007199254740991 and 9007199254740991) not valid;

-- step {"says":"add articles.words"}
alter table "articles" validate constraint "articles__words__83eea9bb";

-- step {"says":"articles.status: draft becomes unpublished"}
update "articles" set "status" = 'unpublished' where "status" = 'draft';

-- step {"kind":"run","says":"run the data step articles.words","run":{"op":"data","step":"articles.words"}}

-- step {"says":"change articles.status"}
alter table "articles" drop constraint "articles__status__e4204ed0";

-- step {"says":"change articles.status"}
alter table "articles" add constraint "articles__status__c0d4cdc5" check ("status" in ('unpublished', 'done')) not valid;

-- step {"says":"change articles.status"}
alter table "articles" validate constraint "articles__status__c0d4cdc5";

-- step {"says":"change articles.words"}
alter table "articles" add constraint "articles__words__required" check ("words" is not null) not valid;

-- step {"says":"change articles.words"}
alter table "articles" validate constraint "articles__words__required";

-- step {"says":"change articles.words"}
alter table "articles" alter column "words" set not null;

-- step {"says":"change articles.words"}
alter table "articles" drop constraint "articles__words__required";

-- step {"says":"drop articles.body"}
alter table "articles" drop column "body";
