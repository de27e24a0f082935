-- 20260202120000_rename, up on mysql. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"rename the table posts to articles","repeatable":true}
alter table `posts` drop foreign key `posts__author__ref`;

-- step {"says":"rename the table posts to articles","repeatable":true}
alter table `posts` drop foreign key `posts__next__ref`;

-- step {"says":"rename the table posts to articles","repeatable":true}
rename table `posts` to `articles`;

-- step {"says":"rename the table posts to articles","repeatable":true}
alter table `articles` drop check `posts__extra__json`;

-- step {"says":"rename the table posts to articles","repeatable":true}
alter table `articles` add constraint `articles__extra__json` check (json_valid(`extra`));

-- step {"says":"rename the table posts to articles","repeatable":true}
alter table `articles` drop check `posts__ratio__9730ea50`;

-- step {"says":"rename the table posts to articles","repeatable":true}
alter table `articles` add constraint `articles__ratio__9730ea50` check (`ratio` between -1.7976931348623157e+308 and 1.7976931348623157e+308);

-- step {"says":"rename the table posts to articles","repeatable":true}
alter table `articles` drop check `posts__stars__5ce4b971`;

-- step {"says":"rename the table posts to articles","repeatable":true}
alter table `articles` add constraint `articles__stars__5ce4b971` check (`stars` between -9007199254740991 and 9007199254740991 and `stars` >= 0 and `stars` <= 5);

-- step {"says":"rename the table posts to articles","repeatable":true}
alter table `articles` drop check `posts__status__2e263645`;

-- step {"says":"rename the table posts to articles","repeatable":true}
alter table `articles` add constraint `articles__status__2e263645` check (`status` in ('draft', 'done'));

-- step {"says":"rename the table posts to articles","repeatable":true}
alter table `articles` drop check `posts__version__83eea9bb`;

-- step {"says":"rename the table posts to articles","repeatable":true}
alter table `articles` add constraint `articles__version__83eea9bb` check (`version` between -9007199254740991 and 9007199254740991);

-- step {"says":"rename articles.title to headline","repeatable":true}
alter table `articles` rename column `title` to `headline`;

-- step {"says":"rename articles.title__words to headline__words","repeatable":true}
alter table `articles` rename column `title__words` to `headline__words`;

-- step {"says":"rename the index posts__day__index to articles__day__index","repeatable":true}
alter table `articles` rename index `posts__day__index` to `articles__day__index`;

-- step {"says":"rename the index posts__author__index to articles__author__index","repeatable":true}
alter table `articles` rename index `posts__author__index` to `articles__author__index`;

-- step {"says":"rename the index posts__next__index to articles__next__index","repeatable":true}
alter table `articles` rename index `posts__next__index` to `articles__next__index`;

-- step {"says":"change articles.status","repeatable":true}
alter table `articles` drop check `articles__status__2e263645`;

-- step {"says":"change articles.status","repeatable":true}
alter table `articles` add constraint `articles__status__e4204ed0` check (`status` in ('draft', 'done', 'unpublished'));

-- step {"says":"add articles.words","repeatable":true}
alter table `articles` add column `words` bigint null, add constraint `articles__words__83eea9bb` check (`words` between -9007199254740991 and 9007199254740991);

-- step {"says":"articles.status: draft becomes unpublished","repeatable":true}
update `articles` set `status` = 'unpublished' where `status` = 'draft';

-- step {"kind":"run","says":"run the data step articles.words","run":{"op":"data","step":"articles.words"}}

-- step {"says":"change articles.status","repeatable":true}
alter table `articles` drop check `articles__status__e4204ed0`;

-- step {"says":"change articles.status","repeatable":true}
alter table `articles` add constraint `articles__status__c0d4cdc5` check (`status` in ('unpublished', 'done'));

-- step {"says":"change articles.words","repeatable":true}
alter table `articles` modify column `words` bigint not null;

-- step {"says":"drop articles.body","repeatable":true}
alter table `articles` drop column `body`;

-- step {"says":"let articles.author refer to users","repeatable":true}
alter table `articles` add constraint `articles__author__ref` foreign key (`author`) references `users` (`id`);

-- step {"says":"let articles.next refer to articles","repeatable":true}
alter table `articles` add constraint `articles__next__ref` foreign key (`next`) references `articles` (`id`);
