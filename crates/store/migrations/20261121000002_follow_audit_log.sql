-- Up to which place of the audit log a tenant's events went to its webhooks. What happened before there were webhooks goes
-- to none.
alter table tenants add column streamed_audit_id bigint not null default 0;
update tenants
    set streamed_audit_id = coalesce((select max(id) from audit_events where audit_events.tenant_id = tenants.id), 0);
