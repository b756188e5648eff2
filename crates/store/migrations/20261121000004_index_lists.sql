-- Who holds a permission? Few lists of permissions are different, so each is kept once and taken apart into its names:
-- grants are found by the numbers of the lists that have the name, without reading any text.
create table permission_sets (
    id bigint not null primary key,
    -- Names separated by spaces, in the order in which a grant has them.
    permissions text not null
);
create unique index permission_sets_text on permission_sets (permissions);
create table permission_set_members (
    permission text not null,
    set_id bigint not null,
    constraint permission_set_members_once primary key (permission, set_id),
    constraint permission_set_members_set foreign key (set_id) references permission_sets (id)
);
insert into permission_sets (id, permissions)
    select row_number() over (order by permissions), permissions from (select distinct permissions from grants) lists;
with recursive names (set_id, name, rest) as (
    select id, '', permissions || ' ' from permission_sets
    union all
    select set_id, substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') + 1) from names where rest <> ''
)
insert into permission_set_members (permission, set_id) select distinct name, set_id from names where name <> '';

-- A constraint can't be put on a column that was empty before, so the table is made anew.
create table all_grants (
    token_id bigint not null,
    ordinal bigint not null,
    access text not null,
    project_id bigint,
    group_id bigint,
    permission_set bigint not null,
    constraint grants_order primary key (token_id, ordinal),
    constraint grants_token foreign key (token_id) references tokens (id),
    constraint grants_permission_set foreign key (permission_set) references permission_sets (id),
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
insert into all_grants (token_id, ordinal, access, project_id, group_id, permission_set)
    select g.token_id, g.ordinal, g.access, g.project_id, g.group_id, s.id
    from grants g join permission_sets s on s.permissions = g.permissions;
drop table grants;
alter table all_grants rename to grants;
create index grants_of_permission on grants (permission_set, token_id);
create index grants_of_project on grants (project_id, permission_set, token_id) where project_id is not null;
create index grants_of_group on grants (group_id, permission_set, token_id) where group_id is not null;
-- One for each access: an index over both would not be found by a question for one of them.
create index grants_of_memberships on grants (permission_set, token_id) where access = 'all_memberships';
create index grants_of_personal_projects on grants (permission_set, token_id) where access = 'personal_projects';

-- Names by each three letters in a row. SQLite's own kind of index; it holds no text, and names neither change nor go.
create virtual table token_names using fts5 (name_folded, content='', tokenize='trigram');
insert into token_names (rowid, name_folded) select id, name_folded from tokens;

-- Each token has a row from its first day, so that a list by last use is one walk over one index, the unused ones at its end.
create table all_token_uses (
    token_id bigint not null primary key,
    last_used_at bigint,
    -- Separated by spaces, newest first.
    addresses text not null,
    constraint token_uses_token foreign key (token_id) references tokens (id)
);
insert into all_token_uses (token_id, last_used_at, addresses)
    select t.id, u.last_used_at, coalesce(u.addresses, '')
    from tokens t left join token_uses u on u.token_id = t.id;
drop table token_uses;
alter table all_token_uses rename to token_uses;
create index token_uses_by_time on token_uses (last_used_at, token_id);

-- What each new token needs besides its own row, whoever adds it.
create trigger tokens_added after insert on tokens begin
    insert into token_names (rowid, name_folded) values (new.id, new.name_folded);
    insert into token_uses (token_id, last_used_at, addresses) values (new.id, null, '');
end;
