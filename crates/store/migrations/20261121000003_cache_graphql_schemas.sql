-- GraphQL schemas as the connections' instances describe them. Most connections to one instance see the same, so each
-- text is kept once.
create table graphql_schemas (
    digest bytea not null primary key,
    sdl text not null,
    constraint graphql_schemas_digest check (length(digest) = 32)
);

create table graphql_schema_uses (
    connection_id bigint not null primary key,
    digest bytea not null,
    fetched_at bigint not null,
    constraint graphql_schema_uses_connection foreign key (connection_id) references connections (id),
    constraint graphql_schema_uses_schema foreign key (digest) references graphql_schemas (digest)
);
create index graphql_schema_uses_of_schema on graphql_schema_uses (digest);
