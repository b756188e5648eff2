-- Each event carries a hash over itself and the hash of the event before. Events of before this migration get theirs when
-- the database is opened for the first time after it, since SQL knows no hashes.

alter table audit_events add column actor text not null default 'system'
    constraint audit_events_actor check (actor in ('token', 'user', 'operator', 'system'));
-- Events of before: only the operator acted without a user.
update audit_events set actor = case when user_id is null then 'operator' else 'token' end;
alter table audit_events add column digest_prefix text;
alter table audit_events add column previous_hash bytea
    constraint audit_events_previous_hash check (length(previous_hash) = 32);
alter table audit_events add column hash bytea
    constraint audit_events_hash check (length(hash) = 32);
create index audit_events_of_tenant on audit_events (tenant_id, id);

-- The hash of the last event, without which nobody could tell that the last events were removed.
alter table heads add column audit_hash bytea;
