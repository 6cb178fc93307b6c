-- What customers are told, and what staff read of a case: written, checked, sent or not, and why.

alter table products add column care text;  -- a tip of its maker's, one sentence

alter table shipments add column earliest_at timestamptz;  -- no sooner is it there, its carrier says

-- Append-only: the newest word of a customer about a kind of message counts. Service messages need none.
create table consents (
    consent_id    bigint generated always as identity primary key,
    customer_ref  text not null references customers,
    kind          text not null check (kind in ('marketing')),
    given         boolean not null,
    source        text not null,
    occurred_at   timestamptz not null,
    recorded_at   timestamptz not null default now()
);

create index consents_of_customer on consents (customer_ref, kind, consent_id desc);

create trigger append_only before update or delete on consents for each row execute function refuse_change();

-- `number` is what people and the engine call it: 1001-7, the order and the event that it tells of.
create table messages (
    message_id      text primary key,
    number          text not null unique,
    order_id        text not null references orders,
    purpose         text not null
        check (purpose in ('order_confirmation', 'order_held', 'shipped', 'delivered', 'canceled', 'card_declined',
                           'backorder_choice', 'case_summary')),
    subject         text,  -- what of the order it is about
    kind            text not null check (kind in ('service', 'marketing', 'staff')),
    status          text not null default 'owed'
        check (status in ('owed', 'asked', 'deferred', 'sending', 'sent', 'suppressed', 'bounced')),
    reason          text check ((status = 'suppressed') = (reason is not null)),
    draft           integer,  -- the one that is sent
    facts_sha256    bytea,    -- what the sent one says, whatever its words
    deferred_until  timestamptz,
    created_at      timestamptz not null,
    sent_at         timestamptz
);

create index messages_of_order on messages (order_id, created_at);

-- Every attempt to write one. Texts name people: they are here and nowhere else.
create table drafts (
    message_id    text not null references messages,
    attempt       integer not null,
    writer        text not null check (writer in ('model', 'composer')),
    model         text,
    version       text not null,
    sentences     jsonb not null,   -- contracts.words.Sentence
    violations    jsonb not null,   -- contracts.words.Violation; none: it may be sent
    facts_sha256  bytea not null,
    written_at    timestamptz not null,
    primary key (message_id, attempt)
);

-- What a day's texts cost at the model's provider, in millionths of the currency's major unit.
create table model_spending (
    day           date primary key,
    spent_micros  bigint not null default 0 check (spent_micros >= 0)
);

-- Addresses that their mail server will never take anything for.
create table hard_bounces (
    email       text primary key,
    code        integer not null,
    bounced_at  timestamptz not null
);

alter table approvals drop constraint approvals_kind_check;
alter table approvals add constraint approvals_kind_check
    check (kind in ('risk_review', 'reroute', 'refused_capture', 'refused_refund', 'dispute', 'claim', 'message'));

-- What an order under way, or one that was closed before, waits for a person to decide. Of a message only that waits.
create or replace view open_questions as
select * from approvals
where kind not in ('risk_review', 'message') and applied_at is null and status <> 'canceled';
