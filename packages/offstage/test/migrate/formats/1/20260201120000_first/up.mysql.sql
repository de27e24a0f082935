-- 20260201120000_first, up on mysql. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"create the table users","repeatable":true}
create table `users` (`id` varchar(64) not null, `createdAt` datetime(3) not null, `updatedAt` datetime(3) not null, `version` bigint not null, `name` longtext not null, `email` varchar(255) not null, `role` varchar(255) not null default 'member', `email__email` varchar(768) null, primary key (`id`), unique key `users__email__unique` (`email__email`), constraint `users__version__83eea9bb` check (`version` between -9007199254740991 and 9007199254740991), constraint `users__role__5ec3988b` check (`role` in ('member', 'admin'))) engine = InnoDB row_format = dynamic default character set utf8mb4 collate utf8mb4_0900_bin;

-- step {"says":"create the table posts","repeatable":true}
create table `posts` (`id` varchar(64) not null, `createdAt` datetime(3) not null, `updatedAt` datetime(3) not null, `version` bigint not null, `title` longtext not null, `body` varchar(768) not null, `stars` bigint null, `price` decimal(10,2) not null default 0.00, `published` tinyint(1) not null default 0, `publishedAt` datetime(3) null, `day` date null, `extra` longtext null, `ratio` double null, `status` varchar(255) not null, `author` varchar(64) not null, `next` varchar(64) null, `title__words` longtext null, primary key (`id`), key `posts__day__index` (`day`, `id`), key `posts__author__index` (`author`, `id`), key `posts__next__index` (`next`, `id`), constraint `posts__version__83eea9bb` check (`version` between -9007199254740991 and 9007199254740991), constraint `posts__stars__5ce4b971` check (`stars` between -9007199254740991 and 9007199254740991 and `stars` >= 0 and `stars` <= 5), constraint `posts__extra__json` check (json_valid(`extra`)), constraint `posts__ratio__9730ea50` check (`ratio` between -1.7976931348623157e+308 and 1.7976931348623157e+308), constraint `posts__status__2e263645` check (`status` in ('draft', 'done'))) engine = InnoDB row_format = dynamic default character set utf8mb4 collate utf8mb4_0900_bin;

-- step {"says":"let posts.author refer to users","repeatable":true}
alter table `posts` add constraint `posts__author__ref` foreign key (`author`) references `users` (`id`);

-- step {"says":"let posts.next refer to posts","repeatable":true}
alter table `posts` add constraint `posts__next__ref` foreign key (`next`) references `posts` (`id`);
