-- Tokens of projects, groups and jobs, what tokens demand of requests, and why they were revoked.
-- Constraints stand beside the last column that they speak of: only there can they be added to a table that exists.

alter table tokens add column ends_at bigint
    -- Nobody tidies up after a job's token but time.
    constraint tokens_ends_at check (kind <> 'job' or ends_at is not null);
alter table tokens add column resource_id bigint
    constraint tokens_resource_id check (resource_id > 0)
    -- The kind says what the id is of. A token of a project that names none would reach everything.
    constraint tokens_resource check ((kind in ('project', 'group')) = (resource_id is not null));
alter table tokens add column access_level bigint
    constraint tokens_access_level check (access_level in (5, 10, 15, 20, 25, 30, 40, 50))
    -- A bot without a role would be held to none.
    constraint tokens_role check ((access_level is null) = (resource_id is null));
alter table tokens add column job_project_id bigint
    constraint tokens_job_project check ((kind = 'job') = (job_project_id is not null));
alter table tokens add column job_id bigint
    constraint tokens_job check ((kind = 'job') = (job_id is not null))
    constraint tokens_job_ids check (coalesce(job_project_id, 1) > 0 and coalesce(job_id, 1) > 0)
    -- What jobs may do stands in allowlists.
    constraint tokens_job_scopes check (kind <> 'job' or scopes is null);
alter table tokens add column impersonation bigint not null default 0
    constraint tokens_impersonation check (impersonation in (0, 1) and (impersonation = 0 or kind = 'personal'));
alter table tokens add column created_by bigint
    constraint tokens_created_by check (created_by > 0);
alter table tokens add column not_before bigint;
-- Separated by spaces; empty for any.
alter table tokens add column addresses text not null default '';
alter table tokens add column push_refs text not null default '';
alter table tokens add column sudo bigint not null default 0
    -- Legacy tokens have a scope for it, and bots act as nobody else.
    constraint tokens_sudo check (sudo in (0, 1) and (sudo = 0 or (scopes is null and kind = 'personal')));
alter table tokens add column revision bigint not null default 0;
alter table tokens add column revocation text
    constraint tokens_revocation check (
        revocation in ('revoked', 'rotated', 'reused', 'inactive', 'owner_blocked', 'connection_lost', 'leaked', 'bulk',
            'job_ended')
    )
    constraint tokens_revocation_time check (revocation is null or revoked_at is not null);
update tokens set revocation = 'revoked' where revoked_at is not null;

-- One for each order of a list, and for each thing that a list is narrowed down by.
-- With what states and searches ask for, so that a long walk in the order of ids stays within the index.
create index tokens_of_tenant on tokens (tenant_id, id, revoked_at, expires_at, ends_at, name_folded);
create index tokens_with_scopes on tokens (tenant_id, scopes, id) where scopes is not null;
create index tokens_by_creation on tokens (tenant_id, created_at, id);
create index tokens_by_expiry on tokens (tenant_id, expires_at, id);
create index tokens_by_name on tokens (tenant_id, name_folded, id);
create index tokens_of_resource on tokens (tenant_id, kind, resource_id, id) where resource_id is not null;
create index tokens_of_job on tokens (tenant_id, job_project_id, job_id) where job_id is not null;
create index tokens_to_expire on tokens (expires_at, id) where revoked_at is null and expires_at is not null;
create index token_uses_by_time on token_uses (last_used_at, token_id);
-- Who can reach a project? Those that select it or a group above it, and those that select nothing.
create index grants_of_project on grants (project_id, token_id) where project_id is not null;
create index grants_of_group on grants (group_id, token_id) where group_id is not null;
create index grants_of_memberships on grants (access, token_id)
    where access in ('all_memberships', 'personal_projects');

-- Tokens are never removed, so that counting them on the way in saves counting them for each list.
alter table tenants add column token_count bigint not null default 0;
update tenants set token_count = (select count(*) from tokens where tokens.tenant_id = tenants.id);

alter table heads add column bot_id bigint not null default 0;
alter table heads add column webhook_id bigint not null default 0;
alter table heads add column delivery_id bigint not null default 0;

-- Beyond the ids of users, so that no bot is taken for one.
create table bots (
    id bigint not null primary key,
    tenant_id bigint not null,
    connection_id bigint not null,
    resource_type text not null,
    resource_id bigint not null,
    username text not null,
    name text not null,
    access_level bigint not null,
    created_at bigint not null,
    constraint bots_id check (id > 4000000000),
    constraint bots_connection foreign key (connection_id, tenant_id) references connections (id, tenant_id),
    constraint bots_resource_type check (resource_type in ('project', 'group')),
    constraint bots_resource_id check (resource_id > 0),
    constraint bots_username check (length(username) > 0),
    constraint bots_access_level check (access_level in (5, 10, 15, 20, 25, 30, 40, 50))
);
create unique index bots_of_tenant on bots (tenant_id, username);
create index bots_of_resource on bots (tenant_id, resource_type, resource_id, id);

create table policies (
    tenant_id bigint not null,
    -- Empty for every instance.
    instance_url text not null,
    -- Zero for every group.
    root_group bigint not null,
    document text not null,
    updated_at bigint not null,
    constraint policies_of_scope primary key (tenant_id, instance_url, root_group),
    constraint policies_tenant foreign key (tenant_id) references tenants (id),
    -- The id of a group says nothing without its instance.
    constraint policies_group check (root_group = 0 or (root_group > 0 and length(instance_url) > 0))
);

create table job_token_allowlist (
    tenant_id bigint not null,
    instance_url text not null,
    project_id bigint not null,
    target_type text not null,
    target_id bigint not null,
    -- Names separated by spaces; null for default permissions.
    policies text,
    position bigint not null,
    updated_at bigint not null,
    constraint job_token_allowlist_target
        primary key (tenant_id, instance_url, project_id, target_type, target_id),
    constraint job_token_allowlist_tenant foreign key (tenant_id) references tenants (id),
    constraint job_token_allowlist_target_type check (target_type in ('project', 'group')),
    constraint job_token_allowlist_ids check (project_id > 0 and target_id > 0),
    -- A project always lets itself in; an entry could only take that back.
    constraint job_token_allowlist_other check (target_type <> 'project' or target_id <> project_id)
);

-- Projects whose own jobs may push to them.
create table job_token_pushes (
    tenant_id bigint not null,
    instance_url text not null,
    project_id bigint not null,
    constraint job_token_pushes_project primary key (tenant_id, instance_url, project_id),
    constraint job_token_pushes_tenant foreign key (tenant_id) references tenants (id)
);

create table webhooks (
    id bigint not null primary key,
    tenant_id bigint not null,
    url text not null,
    secret_key_id text not null,
    secret bytea not null,
    -- Separated by spaces.
    events text not null,
    created_at bigint not null,
    constraint webhooks_tenant foreign key (tenant_id) references tenants (id),
    constraint webhooks_url check (length(url) > 0),
    constraint webhooks_events check (length(events) > 0)
);
create index webhooks_of_tenant on webhooks (tenant_id, id);

create table deliveries (
    id bigint not null primary key,
    webhook_id bigint not null,
    event text not null,
    body text not null,
    attempt bigint not null,
    state text not null,
    next_attempt_at bigint not null,
    last_error text,
    created_at bigint not null,
    constraint deliveries_webhook foreign key (webhook_id) references webhooks (id),
    constraint deliveries_state check (state in ('pending', 'delivered', 'failed'))
);
create index deliveries_due on deliveries (next_attempt_at, id) where state = 'pending';
create index deliveries_of_webhook on deliveries (webhook_id, id);

create table expiry_warnings (
    token_id bigint not null,
    days_ahead bigint not null,
    at bigint not null,
    -- Each warning is sent once.
    constraint expiry_warnings_once primary key (token_id, days_ahead),
    constraint expiry_warnings_token foreign key (token_id) references tokens (id),
    constraint expiry_warnings_days check (days_ahead >= 0)
);

-- The log learns of more kinds of rows. A check can't be changed where it stands, so the table is made anew.
create table all_changes (
    sequence bigint not null primary key,
    entity text not null,
    entity_id bigint not null,
    operation text not null,
    at bigint not null,
    constraint changes_entity check (entity in ('connection', 'token', 'policy', 'allowlist', 'webhook')),
    constraint changes_operation check (operation in ('created', 'updated', 'revoked', 'removed'))
);
insert into all_changes (sequence, entity, entity_id, operation, at)
    select sequence, entity, entity_id, operation, at from changes;
drop table changes;
alter table all_changes rename to changes;
