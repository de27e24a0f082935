-- 20261121133844_first, up on mariadb. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"create the table authAttempts","repeatable":true}
create table `authAttempts` (`id` varchar(64) not null, `key` varchar(255) not null, `count` bigint not null, `until` datetime(3) not null, primary key (`id`), unique index `authAttempts__key__unique` (`key`), index `authAttempts__until__index` (`until`, `id`), constraint `authAttempts__count__6684fb51` check (`count` between -9007199254740991 and 9007199254740991 and `count` >= 0)) engine = InnoDB row_format = dynamic default character set utf8mb4 collate utf8mb4_nopad_bin;

-- step {"says":"create the table users","repeatable":true}
create table `users` (`id` varchar(64) not null, `createdAt` datetime(3) not null, `updatedAt` datetime(3) not null, `version` bigint not null, `name` varchar(255) not null, `email` varchar(255) not null, `role` varchar(255) not null default 'customer', `email__email` varchar(768) null, primary key (`id`), unique index `users__email__unique` (`email__email`), constraint `users__version__83eea9bb` check (`version` between -9007199254740991 and 9007199254740991), constraint `users__role__9c8f5d0d` check (`role` in ('customer', 'staff'))) engine = InnoDB row_format = dynamic default character set utf8mb4 collate utf8mb4_nopad_bin;

-- step {"says":"create the table authCredentials","repeatable":true}
create table `authCredentials` (`id` varchar(64) not null, `createdAt` datetime(3) not null, `updatedAt` datetime(3) not null, `version` bigint not null, `user` varchar(64) not null, `hash` longtext not null, primary key (`id`), unique index `authCredentials__user__unique` (`user`), constraint `authCredentials__version__83eea9bb` check (`version` between -9007199254740991 and 9007199254740991)) engine = InnoDB row_format = dynamic default character set utf8mb4 collate utf8mb4_nopad_bin;

-- step {"says":"create the table authSessions","repeatable":true}
create table `authSessions` (`id` varchar(64) not null, `createdAt` datetime(3) not null, `user` varchar(64) not null, `hash` varchar(255) not null, `lastUsedAt` datetime(3) not null, `ip` varchar(255) not null, `userAgent` varchar(255) not null, primary key (`id`), unique index `authSessions__hash__unique` (`hash`), index `authSessions__user__index` (`user`, `id`), index `authSessions__lastUsedAt__index` (`lastUsedAt`, `id`)) engine = InnoDB row_format = dynamic default character set utf8mb4 collate utf8mb4_nopad_bin;

-- step {"says":"create the table categories","repeatable":true}
create table `categories` (`id` varchar(64) not null, `createdAt` datetime(3) not null, `updatedAt` datetime(3) not null, `version` bigint not null, `name` varchar(255) not null, `position` bigint not null default 0, `parent` varchar(64) null, primary key (`id`), index `categories__parent__index` (`parent`, `id`), constraint `categories__version__83eea9bb` check (`version` between -9007199254740991 and 9007199254740991), constraint `categories__position__6684fb51` check (`position` between -9007199254740991 and 9007199254740991 and `position` >= 0)) engine = InnoDB row_format = dynamic default character set utf8mb4 collate utf8mb4_nopad_bin;

-- step {"says":"create the table orders","repeatable":true}
create table `orders` (`id` varchar(64) not null, `createdAt` datetime(3) not null, `updatedAt` datetime(3) not null, `version` bigint not null, `customer` varchar(64) not null, `status` varchar(255) not null default 'cart', `placedAt` datetime(3) null, `address` varchar(768) null, `total` decimal(12,2) not null default 0.00, primary key (`id`), index `orders__customer__index` (`customer`, `id`), index `orders__status__index` (`status`, `id`), index `orders__placedAt__index` (`placedAt`, `id`), constraint `orders__version__83eea9bb` check (`version` between -9007199254740991 and 9007199254740991), constraint `orders__status__c24688cb` check (`status` in ('cart', 'placed', 'paid', 'shipped', 'cancelled'))) engine = InnoDB row_format = dynamic default character set utf8mb4 collate utf8mb4_nopad_bin;

-- step {"says":"create the table products","repeatable":true}
create table `products` (`id` varchar(64) not null, `createdAt` datetime(3) not null, `updatedAt` datetime(3) not null, `version` bigint not null, `name` varchar(255) not null, `description` longtext not null, `price` decimal(10,2) not null, `stock` bigint not null default 0, `category` varchar(64) not null, `active` tinyint(1) not null default 1, `shape` varchar(255) not null default 'box', `hue` bigint not null default 30, `rating` decimal(3,2) not null default 0.00, `ratings` bigint not null default 0, `name__words` longtext null, `description__words` longtext null, primary key (`id`), index `products__price__index` (`price`, `id`), index `products__category__index` (`category`, `id`), fulltext index `products__search` (`description__words`, `name__words`), constraint `products__version__83eea9bb` check (`version` between -9007199254740991 and 9007199254740991), constraint `products__price__e1ab6593` check (`price` >= 0.00), constraint `products__stock__6684fb51` check (`stock` between -9007199254740991 and 9007199254740991 and `stock` >= 0), constraint `products__hue__495dae06` check (`hue` between -9007199254740991 and 9007199254740991 and `hue` >= 0 and `hue` <= 359), constraint `products__ratings__6684fb51` check (`ratings` between -9007199254740991 and 9007199254740991 and `ratings` >= 0)) engine = InnoDB row_format = dynamic default character set utf8mb4 collate utf8mb4_nopad_bin;

-- step {"says":"create the table lines","repeatable":true}
create table `lines` (`id` varchar(64) not null, `createdAt` datetime(3) not null, `updatedAt` datetime(3) not null, `version` bigint not null, `order` varchar(64) not null, `product` varchar(64) not null, `quantity` bigint not null default 1, `name` varchar(255) null, `price` decimal(10,2) null, `total` decimal(12,2) null, primary key (`id`), unique index `lines__order_product__unique` (`order`, `product`), index `lines__order__index` (`order`, `id`), index `lines__product__index` (`product`, `id`), constraint `lines__version__83eea9bb` check (`version` between -9007199254740991 and 9007199254740991), constraint `lines__quantity__7381e054` check (`quantity` between -9007199254740991 and 9007199254740991 and `quantity` >= 1 and `quantity` <= 99)) engine = InnoDB row_format = dynamic default character set utf8mb4 collate utf8mb4_nopad_bin;

-- step {"says":"create the table payments","repeatable":true}
create table `payments` (`id` varchar(64) not null, `createdAt` datetime(3) not null, `updatedAt` datetime(3) not null, `version` bigint not null, `order` varchar(64) not null, `reference` varchar(255) not null, `amount` decimal(12,2) not null, `status` varchar(255) not null default 'started', `finishedAt` datetime(3) null, primary key (`id`), unique index `payments__reference__unique` (`reference`), index `payments__order__index` (`order`, `id`), constraint `payments__version__83eea9bb` check (`version` between -9007199254740991 and 9007199254740991), constraint `payments__status__cdae0abd` check (`status` in ('started', 'succeeded', 'failed'))) engine = InnoDB row_format = dynamic default character set utf8mb4 collate utf8mb4_nopad_bin;

-- step {"says":"create the table reviews","repeatable":true}
create table `reviews` (`id` varchar(64) not null, `createdAt` datetime(3) not null, `updatedAt` datetime(3) not null, `version` bigint not null, `product` varchar(64) not null, `customer` varchar(64) not null, `by` varchar(255) not null default '', `stars` bigint not null, `text` longtext not null default '', primary key (`id`), unique index `reviews__product_customer__unique` (`product`, `customer`), index `reviews__product__index` (`product`, `id`), index `reviews__customer__index` (`customer`, `id`), constraint `reviews__version__83eea9bb` check (`version` between -9007199254740991 and 9007199254740991), constraint `reviews__stars__2571eb70` check (`stars` between -9007199254740991 and 9007199254740991 and `stars` >= 1 and `stars` <= 5)) engine = InnoDB row_format = dynamic default character set utf8mb4 collate utf8mb4_nopad_bin;

-- step {"says":"let authCredentials.user refer to users","repeatable":true}
alter table `authCredentials` add constraint `authCredentials__user__ref` foreign key (`user`) references `users` (`id`);

-- step {"says":"let authSessions.user refer to users","repeatable":true}
alter table `authSessions` add constraint `authSessions__user__ref` foreign key (`user`) references `users` (`id`);

-- step {"says":"let categories.parent refer to categories","repeatable":true}
alter table `categories` add constraint `categories__parent__ref` foreign key (`parent`) references `categories` (`id`);

-- step {"says":"let lines.order refer to orders","repeatable":true}
alter table `lines` add constraint `lines__order__ref` foreign key (`order`) references `orders` (`id`);

-- step {"says":"let lines.product refer to products","repeatable":true}
alter table `lines` add constraint `lines__product__ref` foreign key (`product`) references `products` (`id`);

-- step {"says":"let orders.customer refer to users","repeatable":true}
alter table `orders` add constraint `orders__customer__ref` foreign key (`customer`) references `users` (`id`);

-- step {"says":"let payments.order refer to orders","repeatable":true}
alter table `payments` add constraint `payments__order__ref` foreign key (`order`) references `orders` (`id`);

-- step {"says":"let products.category refer to categories","repeatable":true}
alter table `products` add constraint `products__category__ref` foreign key (`category`) references `categories` (`id`);

-- step {"says":"let reviews.product refer to products","repeatable":true}
alter table `reviews` add constraint `reviews__product__ref` foreign key (`product`) references `products` (`id`);

-- step {"says":"let reviews.customer refer to users","repeatable":true}
alter table `reviews` add constraint `reviews__customer__ref` foreign key (`customer`) references `users` (`id`);
