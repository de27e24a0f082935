-- 20260204120000_tags, up on mysql. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"create the table tags","repeatable":true}
create table `tags` (`id` varchar(64) not null, `createdAt` datetime(3) not null, `updatedAt` datetime(3) not null, `version` bigint not null, `name` varchar(255) not null, `parent` varchar(64) null, primary key (`id`), unique key `tags__name__unique` (`name`), key `tags__parent__index` (`parent`, `id`), constraint `tags__version__83eea9bb` check (`version` between -9007199254740991 and 9007199254740991)) engine = InnoDB row_format = dynamic default character set utf8mb4 collate utf8mb4_0900_bin;

-- step {"says":"let tags.parent refer to tags","repeatable":true}
alter table `tags` add constraint `tags__parent__ref` foreign key (`parent`) references `tags` (`id`);
