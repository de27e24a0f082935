-- 20261121133844_first, up on postgres. It may be edited until it has run anywhere; then: offstage migrate repair

-- step {"says":"create the table authAttempts"}
create table "authAttempts" ("id" text collate "C" not null, "key" text collate "C" not null, "count" bigint not null, "until" timestamp(3) with time zone not null, primary key ("id"), constraint "authAttempts__count__6684fb51" check ("count" between -9007199254740991 and 9007199254740991 and "count" >= 0));

-- step {"says":"create the table authAttempts"}
create unique index "authAttempts__key__unique" on "authAttempts" ("key");

-- step {"says":"create the table authAttempts"}
create index "authAttempts__until__index" on "authAttempts" ("until", "id");

-- step {"says":"create the table users"}
create table "users" ("id" text collate "C" not null, "createdAt" timestamp(3) with time zone not null, "updatedAt" timestamp(3) with time zone not null, "version" bigint not null, "name" text collate "C" not null, "email" text collate "C" not null, "role" text collate "C" not null default 'customer', "email__email" text collate "C", primary key ("id"), constraint "users__version__83eea9bb" check ("version" between -9007199254740991 and 9007199254740991), constraint "users__role__9c8f5d0d" check ("role" in ('customer', 'staff')));

-- step {"says":"create the table users"}
create unique index "users__email__unique" on "users" ("email__email");

-- step {"says":"create the table authCredentials"}
create table "authCredentials" ("id" text collate "C" not null, "createdAt" timestamp(3) with time zone not null, "updatedAt" timestamp(3) with time zone not null, "version" bigint not null, "user" text collate "C" not null, "hash" text collate "C" not null, primary key ("id"), constraint "authCredentials__version__83eea9bb" check ("version" between -9007199254740991 and 9007199254740991));

-- step {"says":"create the table authCredentials"}
create unique index "authCredentials__user__unique" on "authCredentials" ("user");

-- step {"says":"create the table authSessions"}
create table "authSessions" ("id" text collate "C" not null, "createdAt" timestamp(3) with time zone not null, "user" text collate "C" not null, "hash" text collate "C" not null, "lastUsedAt" timestamp(3) with time zone not null, "ip" text collate "C" not null, "userAgent" text collate "C" not null, primary key ("id"));

-- step {"says":"create the table authSessions"}
create unique index "authSessions__hash__unique" on "authSessions" ("hash");

-- step {"says":"create the table authSessions"}
create index "authSessions__user__index" on "authSessions" ("user", "id");

-- step {"says":"create the table authSessions"}
create index "authSessions__lastUsedAt__index" on "authSessions" ("lastUsedAt", "id");

-- step {"says":"create the table categories"}
create table "categories" ("id" text collate "C" not null, "createdAt" timestamp(3) with time zone not null, "updatedAt" timestamp(3) with time zone not null, "version" bigint not null, "name" text collate "C" not null, "position" bigint not null default 0, "parent" text collate "C", primary key ("id"), constraint "categories__version__83eea9bb" check ("version" between -9007199254740991 and 9007199254740991), constraint "categories__position__6684fb51" check ("position" between -9007199254740991 and 9007199254740991 and "position" >= 0));

-- step {"says":"create the table categories"}
create index "categories__parent__index" on "categories" ("parent", "id");

-- step {"says":"create the table orders"}
create table "orders" ("id" text collate "C" not null, "createdAt" timestamp(3) with time zone not null, "updatedAt" timestamp(3) with time zone not null, "version" bigint not null, "customer" text collate "C" not null, "status" text collate "C" not null default 'cart', "placedAt" timestamp(3) with time zone, "address" text collate "C", "total" numeric(12,2) not null default '0.00', primary key ("id"), constraint "orders__version__83eea9bb" check ("version" between -9007199254740991 and 9007199254740991), constraint "orders__status__c24688cb" check ("status" in ('cart', 'placed', 'paid', 'shipped', 'cancelled')));

-- step {"says":"create the table orders"}
create index "orders__customer__index" on "orders" ("customer", "id");

-- step {"says":"create the table orders"}
create index "orders__status__index" on "orders" ("status", "id");

-- step {"says":"create the table orders"}
create index "orders__placedAt__index" on "orders" ("placedAt", "id");

-- step {"says":"create the table products"}
create table "products" ("id" text collate "C" not null, "createdAt" timestamp(3) with time zone not null, "updatedAt" timestamp(3) with time zone not null, "version" bigint not null, "name" text collate "C" not null, "description" text collate "C" not null, "price" numeric(10,2) not null, "stock" bigint not null default 0, "category" text collate "C" not null, "active" boolean not null default true, "shape" text collate "C" not null default 'box', "hue" bigint not null default 30, "rating" numeric(3,2) not null default '0.00', "ratings" bigint not null default 0, "name__words" text collate "C", "description__words" text collate "C", primary key ("id"), constraint "products__version__83eea9bb" check ("version" between -9007199254740991 and 9007199254740991), constraint "products__price__e1ab6593" check ("price" >= '0.00'), constraint "products__stock__6684fb51" check ("stock" between -9007199254740991 and 9007199254740991 and "stock" >= 0), constraint "products__hue__495dae06" check ("hue" between -9007199254740991 and 9007199254740991 and "hue" >= 0 and "hue" <= 359), constraint "products__ratings__6684fb51" check ("ratings" between -9007199254740991 and 9007199254740991 and "ratings" >= 0));

-- step {"says":"create the table products"}
create index "products__price__index" on "products" ("price", "id");

-- step {"says":"create the table products"}
create index "products__category__index" on "products" ("category", "id");

-- step {"says":"create the table products"}
create index "products__search" on "products" using gin (array_to_tsvector(array_remove(string_to_array(coalesce("description__words", '') || coalesce("name__words", ''), ' '), '')));

-- step {"says":"create the table lines"}
create table "lines" ("id" text collate "C" not null, "createdAt" timestamp(3) with time zone not null, "updatedAt" timestamp(3) with time zone not null, "version" bigint not null, "order" text collate "C" not null, "product" text collate "C" not null, "quantity" bigint not null default 1, "name" text collate "C", "price" numeric(10,2), "total" numeric(12,2), primary key ("id"), constraint "lines__version__83eea9bb" check ("version" between -9007199254740991 and 9007199254740991), constraint "lines__quantity__7381e054" check ("quantity" between -9007199254740991 and 9007199254740991 and "quantity" >= 1 and "quantity" <= 99));

-- step {"says":"create the table lines"}
create unique index "lines__order_product__unique" on "lines" ("order", "product");

-- step {"says":"create the table lines"}
create index "lines__order__index" on "lines" ("order", "id");

-- step {"says":"create the table lines"}
create index "lines__product__index" on "lines" ("product", "id");

-- step {"says":"create the table payments"}
create table "payments" ("id" text collate "C" not null, "createdAt" timestamp(3) with time zone not null, "updatedAt" timestamp(3) with time zone not null, "version" bigint not null, "order" text collate "C" not null, "reference" text collate "C" not null, "amount" numeric(12,2) not null, "status" text collate "C" not null default 'started', "finishedAt" timestamp(3) with time zone, primary key ("id"), constraint "payments__version__83eea9bb" check ("version" between -9007199254740991 and 9007199254740991), constraint "payments__status__cdae0abd" check ("status" in ('started', 'succeeded', 'failed')));

-- step {"says":"create the table payments"}
create unique index "payments__reference__unique" on "payments" ("reference");

-- step {"says":"create the table payments"}
create index "payments__order__index" on "payments" ("order", "id");

-- step {"says":"create the table reviews"}
create table "reviews" ("id" text collate "C" not null, "createdAt" timestamp(3) with time zone not null, "updatedAt" timestamp(3) with time zone not null, "version" bigint not null, "product" text collate "C" not null, "customer" text collate "C" not null, "by" text collate "C" not null default '', "stars" bigint not null, "text" text collate "C" not null default '', primary key ("id"), constraint "reviews__version__83eea9bb" check ("version" between -9007199254740991 and 9007199254740991), constraint "reviews__stars__2571eb70" check ("stars" between -9007199254740991 and 9007199254740991 and "stars" >= 1 and "stars" <= 5));

-- step {"says":"create the table reviews"}
create unique index "reviews__product_customer__unique" on "reviews" ("product", "customer");

-- step {"says":"create the table reviews"}
create index "reviews__product__index" on "reviews" ("product", "id");

-- step {"says":"create the table reviews"}
create index "reviews__customer__index" on "reviews" ("customer", "id");

-- step {"says":"let authCredentials.user refer to users"}
alter table "authCredentials" add constraint "authCredentials__user__ref" foreign key ("user") references "users" ("id");

-- step {"says":"let authSessions.user refer to users"}
alter table "authSessions" add constraint "authSessions__user__ref" foreign key ("user") references "users" ("id");

-- step {"says":"let categories.parent refer to categories"}
alter table "categories" add constraint "categories__parent__ref" foreign key ("parent") references "categories" ("id");

-- step {"says":"let lines.order refer to orders"}
alter table "lines" add constraint "lines__order__ref" foreign key ("order") references "orders" ("id");

-- step {"says":"let lines.product refer to products"}
alter table "lines" add constraint "lines__product__ref" foreign key ("product") references "products" ("id");

-- step {"says":"let orders.customer refer to users"}
alter table "orders" add constraint "orders__customer__ref" foreign key ("customer") references "users" ("id");

-- step {"says":"let payments.order refer to orders"}
alter table "payments" add constraint "payments__order__ref" foreign key ("order") references "orders" ("id");

-- step {"says":"let products.category refer to categories"}
alter table "products" add constraint "products__category__ref" foreign key ("category") references "categories" ("id");

-- step {"says":"let reviews.product refer to products"}
alter table "reviews" add constraint "reviews__product__ref" foreign key ("product") references "products" ("id");

-- step {"says":"let reviews.customer refer to users"}
alter table "reviews" add constraint "reviews__customer__ref" foreign key ("customer") references "users" ("id");
