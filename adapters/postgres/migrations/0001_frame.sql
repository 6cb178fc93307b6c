-- What every process stands on: the clock, policies, keys, the door, events, wake-ups, effects, webhooks.

create table business_clock (
    singleton       boolean primary key default true check (singleton),
    wall_epoch      timestamptz not null,
    business_epoch  timestamptz not null,
    pace            integer not null check (pace >= 1)
);

create table policies (
    version     integer generated always as identity primary key,
    document    jsonb not null,
    created_at  timestamptz not null default now()
);

create table api_keys (
    key_id       text primary key,
    owner        text not null,
    secret_hmac  bytea not null,
    scopes       text[] not null,
    expires_at   timestamptz,
    created_at   timestamptz not null default now()
);

-- One row per accepted command: the same key again gets the stored answer. Kept 7 days.
create table idempotency_keys (
    owner        text not null,
    route        text not null,
    key          text not null,
    body_sha256  bytea not null,
    status       integer,
    headers      jsonb,
    answer       jsonb,
    created_at   timestamptz not null default now(),
    primary key (owner, route, key)
);

create index idempotency_keys_created_at on idempotency_keys (created_at);

-- What happened stays as it was told: every append-only table has this trigger.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, lower(tg_op);
end
$$;

create table events (
    event_id      bigint generated always as identity primary key,
    aggregate_id  text not null,
    sequence      integer not null,
    type          text not null,
    occurred_at   timestamptz not null,
    recorded_at   timestamptz not null default now(),
    actor_type    text not null check (actor_type in ('user', 'api_key', 'system', 'model')),
    actor_id      text not null,
    source        text not null,
    subject       text,
    reason_code   text,
    note_ref      text,
    facts         jsonb not null,
    unique (aggregate_id, sequence)
);

create trigger append_only before update or delete on events for each row execute function refuse_change();

create table notes (
    note_ref    text primary key,
    body        text not null,
    created_at  timestamptz not null default now()
);

create table wakeups (
    wakeup_id    bigint generated always as identity primary key,
    workflow_id  text not null,
    kind         text not null check (kind in ('start', 'signal')),
    name         text not null,
    payload      jsonb not null,
    task_queue   text check ((kind = 'start') = (task_queue is not null)),
    summary      text,
    created_at   timestamptz not null default now(),
    done_at      timestamptz
);

create index wakeups_undone on wakeups (wakeup_id) where done_at is null;
create index wakeups_of_workflow on wakeups (workflow_id);

-- Every effect once: what was done under a business key, and its answer.
create table effects (
    key         text primary key,
    result      jsonb not null,
    created_at  timestamptz not null default now()
);

create table inbound_webhooks (
    source       text not null,
    webhook_id   text not null,
    body         bytea not null,
    outcome      text not null,
    received_at  timestamptz not null default now(),
    primary key (source, webhook_id)
);
