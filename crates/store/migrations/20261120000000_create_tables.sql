-- Valid for SQLite and PostgreSQL: bigint, text and bytea only; times are microseconds since 1970 in UTC.
-- Every constraint has a name, which errors show and tests ask for.

create table tenants (
    id bigint not null primary key,
    name text not null,
    created_at bigint not null
);
-- Operators choose tenants by name.
create unique index tenants_name on tenants (name);

insert into tenants (id, name, created_at) values (1, 'default', 0);

-- The last numbers that were handed out, in one row. Numbers are never used twice, also after a row is gone, because
-- caches and logs know rows by number. The row's lock puts writers in a queue, so that a change with a greater
-- sequence number was committed later: followers can't overlook one.
create table heads (
    id bigint not null primary key,
    change_sequence bigint not null,
    connection_id bigint not null,
    token_id bigint not null,
    audit_event_id bigint not null,
    -- A second row would hand out numbers twice.
    constraint heads_one_row check (id = 1)
);

insert into heads (id, change_sequence, connection_id, token_id, audit_event_id) values (1, 0, 0, 0, 0);

create table connections (
    id bigint not null primary key,
    tenant_id bigint not null,
    instance_url text not null,
    user_id bigint not null,
    username text not null,
    administrator bigint not null,
    credential_key_id text,
    credential bytea,
    credential_scopes text not null,
    credential_expires_at bigint,
    health text not null,
    created_at bigint not null,
    updated_at bigint not null,
    removed_at bigint,
    constraint connections_tenant foreign key (tenant_id) references tenants (id),
    -- The key that tokens refer to: it ties them to their connection's tenant.
    constraint connections_of_tenant unique (id, tenant_id),
    constraint connections_instance_url check (length(instance_url) > 0),
    constraint connections_user_id check (user_id > 0),
    constraint connections_administrator check (administrator in (0, 1)),
    constraint connections_health check (health in ('healthy', 'unreachable', 'unauthorized', 'blocked')),
    -- A removed connection keeps no credential, and a live one can't do without.
    constraint connections_credential_while_live check ((removed_at is null) = (credential is not null)),
    -- Without its key's id a sealed credential can't be opened.
    constraint connections_credential_key check ((credential is null) = (credential_key_id is null))
);
-- One credential for one identity; after a removal the user may connect again.
create unique index connections_user on connections (tenant_id, instance_url, user_id) where removed_at is null;

create table tokens (
    id bigint not null primary key,
    tenant_id bigint not null,
    connection_id bigint not null,
    kind text not null,
    digest bytea not null,
    name text not null,
    -- The name in lower case: databases disagree on case folding beyond ASCII.
    name_folded text not null,
    description text,
    user_id bigint not null,
    -- Legacy tokens have scopes, fine-grained ones have null here and rows in grants.
    scopes text,
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint,
    family_id bigint not null,
    previous_id bigint,
    -- No token acts through another tenant's connection.
    constraint tokens_connection foreign key (connection_id, tenant_id) references connections (id, tenant_id),
    constraint tokens_previous foreign key (previous_id) references tokens (id),
    constraint tokens_kind check (kind in ('personal', 'project', 'group', 'job')),
    -- SHA-256: anything else would never be found.
    constraint tokens_digest_length check (length(digest) = 32),
    constraint tokens_name check (length(name) > 0),
    constraint tokens_user_id check (user_id > 0),
    -- No scope at all must not be mistaken for a fine-grained token.
    constraint tokens_scopes check (length(scopes) > 0),
    -- Expiry is a day, kept as its midnight.
    constraint tokens_expires_at check (expires_at % 86400000000 = 0)
);
-- A digest is a token's identity.
create unique index tokens_digest on tokens (digest);
-- A token is rotated once; whoever rotates it again is a thief or was robbed.
create unique index tokens_successor on tokens (previous_id);
create index tokens_of_family on tokens (family_id);
create index tokens_of_connection on tokens (connection_id);
create index tokens_of_user on tokens (tenant_id, user_id, id);

create table grants (
    token_id bigint not null,
    ordinal bigint not null,
    access text not null,
    project_id bigint,
    group_id bigint,
    permissions text not null,
    constraint grants_order primary key (token_id, ordinal),
    constraint grants_token foreign key (token_id) references tokens (id),
    constraint grants_access check (
        access in ('personal_projects', 'all_memberships', 'selected_memberships', 'user', 'instance')
    ),
    -- A selection names exactly one resource; nothing else names any. Absence must never mean everything.
    constraint grants_selection check (
        case when access = 'selected_memberships'
            then (project_id is null) <> (group_id is null)
            else project_id is null and group_id is null
        end
    ),
    constraint grants_ids check (coalesce(project_id, 1) > 0 and coalesce(group_id, 1) > 0)
);

-- Apart from tokens: written often, and never worth a lock on the token itself.
create table token_uses (
    token_id bigint not null primary key,
    last_used_at bigint not null,
    -- Separated by spaces, newest first.
    addresses text not null,
    constraint token_uses_token foreign key (token_id) references tokens (id)
);

create table changes (
    sequence bigint not null primary key,
    entity text not null,
    entity_id bigint not null,
    operation text not null,
    at bigint not null,
    constraint changes_entity check (entity in ('connection', 'token')),
    constraint changes_operation check (operation in ('created', 'updated', 'revoked', 'removed'))
);

-- Refers to connections and tokens by bare number: an event outlives what it is about.
create table audit_events (
    id bigint not null primary key,
    tenant_id bigint not null,
    at bigint not null,
    action text not null,
    user_id bigint,
    connection_id bigint,
    token_id bigint,
    address text,
    request_id text,
    details text not null,
    constraint audit_events_tenant foreign key (tenant_id) references tenants (id),
    constraint audit_events_action check (length(action) > 0)
);
create index audit_events_of_token on audit_events (tenant_id, token_id, id);
create index audit_events_by_time on audit_events (tenant_id, at);
