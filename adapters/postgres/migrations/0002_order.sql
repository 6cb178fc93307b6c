-- Products, nodes and stock; customers and addresses; orders, consignments, parcels; questions to people.

create table products (
    sku           text primary key,
    name          text not null,
    weight_grams  integer not null check (weight_grams > 0)
);

create table nodes (
    node_id           text primary key,
    kind              text not null check (kind in ('warehouse', 'store')),
    name              text not null,
    latitude          double precision not null,
    longitude         double precision not null,
    time_zone         text not null,
    ready_in_minutes  integer not null check (ready_in_minutes >= 0),
    handling_minor    bigint not null check (handling_minor >= 0),
    pick_minor        bigint not null check (pick_minor >= 0)
);

create table places (
    country         text not null,
    region          text not null,
    city            text not null,
    postal_prefix   text not null,
    latitude        double precision not null,
    longitude       double precision not null,
    primary key (country, region, city)
);

-- Every unit is in exactly one bucket at one node.
create table stock_balances (
    node_id      text not null references nodes,
    sku          text not null references products,
    on_hand      bigint not null default 0 check (on_hand >= 0),
    reserved     bigint not null default 0 check (reserved >= 0),
    sold         bigint not null default 0 check (sold >= 0),
    quarantined  bigint not null default 0 check (quarantined >= 0),
    lost         bigint not null default 0 check (lost >= 0),
    primary key (node_id, sku)
);

-- Where a node's answer put the stock in doubt: somebody has to count.
create table count_tasks (
    node_id    text not null references nodes,
    sku        text not null references products,
    reason     text not null,
    opened_at  timestamptz not null,
    closed_at  timestamptz
);

create unique index count_tasks_open on count_tasks (node_id, sku) where closed_at is null;

-- Append-only: how each unit got where it is. A receipt comes from outside, so it has no from_bucket.
create table stock_movements (
    movement_id  bigint generated always as identity primary key,
    key          text not null,
    node_id      text not null,
    sku          text not null,
    from_bucket  text check (from_bucket in ('on_hand', 'reserved', 'sold', 'quarantined', 'lost')),
    to_bucket    text not null check (to_bucket in ('on_hand', 'reserved', 'sold', 'quarantined', 'lost')),
    quantity     bigint not null check (quantity > 0),
    actor_type   text not null,
    actor_id     text not null,
    reason       text not null,
    occurred_at  timestamptz not null,
    recorded_at  timestamptz not null default now(),
    unique (key, node_id, sku),
    foreign key (node_id, sku) references stock_balances
);

create trigger append_only before update or delete on stock_movements for each row execute function refuse_change();

-- A channel's customer, told from its others by the channel's own reference. Name and e-mail are each order's.
create table customers (
    customer_ref  text primary key,
    channel       text not null,
    external_ref  text not null,
    unique (channel, external_ref)
);

create table addresses (
    address_ref  text primary key,
    recipient    text not null,
    line1        text not null,
    line2        text,
    city         text not null,
    region       text,
    postal_code  text not null,
    country      text not null,
    latitude     double precision,
    longitude    double precision,
    check ((latitude is null) = (longitude is null))
);

create sequence order_numbers start 1001;

create table orders (
    order_id              text primary key,
    number                bigint not null unique,
    external_id           text not null,
    channel               text not null,
    body_sha256           bytea not null,
    customer_ref          text not null references customers,
    contact_email         text not null,
    shipping_address_ref  text not null references addresses,
    billing_address_ref   text references addresses,
    locale                text not null,
    time_zone             text not null,
    currency              char(3) not null,
    tax_mode              text not null check (tax_mode in ('exclusive', 'inclusive')),
    service_level         text not null,
    promise_latest        date,
    order_discount_minor  bigint not null check (order_discount_minor >= 0),
    shipping_minor        bigint not null check (shipping_minor >= 0),
    shipping_tax_rate     text not null,
    tax_minor             bigint not null check (tax_minor >= 0),
    total_minor           bigint not null check (total_minor >= 0),
    policy_version        integer not null references policies,
    placed_at             timestamptz not null,
    status                text not null
        check (status in ('pending', 'on_hold', 'customer_action_required', 'confirmed', 'processing', 'completed',
                          'cancel_requested', 'canceled', 'failed')),
    payment_status        text not null
        check (payment_status in ('pending', 'authorized', 'partially_captured', 'captured', 'partially_refunded',
                                  'refunded', 'voided', 'failed', 'disputed')),
    cancel_reason         text,
    cancel_requested      boolean not null default false,
    handed_over_at        timestamptz,
    waiting_on            text,
    waiting_until         timestamptz,
    version               integer not null default 0,
    updated_at            timestamptz not null default now(),
    waits_for_stock       boolean not null default false,
    short_since           timestamptz,  -- who waits longest is served first
    short_until           timestamptz,
    ship_available        boolean not null default false,
    money                 jsonb not null,  -- contracts.refunds.PaidOrder: every unit's and every tender's, as planned
    unique (channel, external_id)
);

create index orders_of_customer on orders (customer_ref, placed_at);

create table order_lines (
    order_id          text not null references orders,
    line_id           text not null,
    position          integer not null,
    sku               text not null references products,
    quantity          integer not null check (quantity > 0),
    unit_price_minor  bigint not null check (unit_price_minor >= 0),
    discount_minor    bigint not null check (discount_minor >= 0),
    tax_rate          text not null,
    canceled          integer not null default 0 check (canceled >= 0),
    cancel_requested  integer not null default 0 check (cancel_requested >= 0),
    primary key (order_id, line_id),
    check (canceled + cancel_requested <= quantity)
);

create table tenders (
    order_id           text not null references orders,
    tender_id          text not null,
    kind               text not null check (kind in ('card', 'gift_card')),
    amount_minor       bigint not null check (amount_minor >= 0),
    payment_method     text not null,
    round              integer not null default 1,
    authorization_ref  text,
    authorized_minor   bigint not null default 0 check (authorized_minor >= 0 and authorized_minor <= amount_minor),
    captured_minor     bigint not null default 0 check (captured_minor >= 0 and captured_minor <= authorized_minor),
    refunded_minor     bigint not null default 0 check (refunded_minor >= 0 and refunded_minor <= captured_minor),
    released_minor     bigint not null default 0 check (released_minor >= 0),
    expires_at         timestamptz,
    voided_at          timestamptz,
    primary key (order_id, tender_id),
    check (captured_minor + released_minor <= amount_minor)
);

-- A tender's money is asked for in rounds, each a row before anybody is asked: another one when the customer names
-- another payment method, or when the last one is about to lapse.
create table authorizations (
    order_id           text not null,
    tender_id          text not null,
    round              integer not null,
    key                text not null unique,
    payment_method     text not null,
    amount_minor       bigint not null check (amount_minor >= 0),
    status             text not null default 'asked'
        check (status in ('asked', 'authorized', 'declined', 'replaced', 'voided', 'lapsed')),
    authorization_ref  text,
    authorized_at      timestamptz,
    declined_code      text,
    primary key (order_id, tender_id, round),
    foreign key (order_id, tender_id) references tenders
);

-- What is added to an order later: a part of it once it is paid for, so that until then nothing has to be undone but
-- the authorization itself. `sent_at`: from then on the provider may have set money aside under the key.
create table additions (
    order_id           text not null references orders,
    number             integer not null,
    key                text not null unique,
    lines              jsonb not null,  -- contracts.additions.AddedLine
    amount_minor       bigint not null check (amount_minor >= 0),
    payment_method     text not null,
    status             text not null default 'asked' check (status in ('asked', 'authorized', 'declined', 'withdrawn')),
    asked_at           timestamptz not null,
    sent_at            timestamptz,
    authorization_ref  text,
    declined_code      text,
    voided_at          timestamptz,  -- of one that was withdrawn: nothing is set aside for it any more
    primary key (order_id, number)
);

create view additions_to_settle as
select * from additions
where status = 'asked' or (status = 'withdrawn' and sent_at is not null and voided_at is null);

-- Decided first, then done at the provider under the key: what happens to a tender's money.
create table money_moves (
    move_id       bigint generated always as identity primary key,
    order_id      text not null,
    tender_id     text not null,
    round         integer not null,
    kind          text not null check (kind in ('capture', 'refund', 'void', 'release')),
    key           text not null unique,
    amount_minor  bigint not null check (amount_minor > 0),
    reason        text not null,
    status        text not null default 'planned' check (status in ('planned', 'done', 'refused')),
    provider_ref  text,
    refused_code  text,
    capture_ref   text check (capture_ref is null or kind = 'refund'),  -- of which capture a card's refund is
    planned_at    timestamptz not null,
    done_at       timestamptz,  -- business time; null: not done, or nothing had to be done
    failed_at     timestamptz,  -- a capture that the provider took back: it is refused, whoever still hears it was done
    resolution    text  -- what became of a refusal; null: nothing yet
        check (resolution in ('asked_again', 'given_up', 'by_hand', 'disputed')),
    foreign key (order_id, tender_id) references tenders
);

create index money_moves_of_order on money_moves (order_id, move_id);

-- A customer's bank takes a capture back, or part of it, until it is decided who was right. One that is closed before
-- it was opened, as webhooks may come, knows no order yet.
create table disputes (
    dispute_ref   text primary key,
    order_id      text references orders,
    move_id       bigint references money_moves,
    amount_minor  bigint check (amount_minor > 0),
    reason        text,
    respond_by    timestamptz,
    opened_at     timestamptz,
    status        text not null check (status in ('open', 'won', 'lost')),
    answer        text check (answer in ('contest', 'accept')),
    answered_at   timestamptz,  -- the provider has been told, or would not hear it
    closed_at     timestamptz,
    -- What was lost and is not on record as refunded: given back twice, or known once a refund under way is.
    unbooked_minor bigint not null default 0 check (unbooked_minor >= 0),
    check (order_id is not null or status <> 'open'),
    check ((order_id is null) = (move_id is null) and (order_id is null) = (amount_minor is null)
           and (order_id is null) = (respond_by is null))
);

create index disputes_of_order on disputes (order_id);

-- Decided, and the provider does not know yet.
create view due_disputes as
select * from disputes where status = 'open' and answer is not null and answered_at is null;

-- What is to be done now. While a capture of a tender is disputed, its customer may get the money that way: what was
-- not asked for yet is held back. What was perhaps asked for already is asked for until its answer is known.
create view due_moves as
select m.* from money_moves m where m.status = 'planned' and not (
    m.kind = 'refund' and m.capture_ref is null and exists (
        select from disputes d join money_moves c using (move_id)
        where d.status = 'open' and c.order_id = m.order_id and c.tender_id = m.tender_id
    )
);

create table gift_cards (
    card_ref       text primary key,
    currency       char(3) not null,
    balance_minor  bigint not null check (balance_minor >= 0)
);

-- Append-only: held is what was held and neither captured nor released, spent what was captured and not refunded.
create table gift_card_entries (
    entry_id      bigint generated always as identity primary key,
    key           text not null unique,
    card_ref      text not null references gift_cards,
    order_id      text references orders,
    kind          text not null check (kind in ('issue', 'hold', 'capture', 'release', 'refund')),
    amount_minor  bigint not null check (amount_minor >= 0),
    occurred_at   timestamptz not null,
    recorded_at   timestamptz not null default now(),
    check ((order_id is null) = (kind = 'issue'))
);

create index gift_card_entries_of_card on gift_card_entries (card_ref, entry_id);

create trigger append_only before update or delete on gift_card_entries for each row execute function refuse_change();

create table fulfillments (
    fulfillment_id  text primary key,
    order_id        text not null references orders,
    number          text not null unique,
    position        integer not null,
    node_id         text not null references nodes,
    carrier         text not null,
    service_id      text not null,
    address_ref     text not null references addresses,  -- where it was planned to go: an edit plans anew
    packing         jsonb not null,  -- contracts.fulfillment.Parcel by position; those before first_parcel are not wanted
    first_parcel    integer not null default 1,
    max_grams       integer not null,
    status          text not null check (status in ('open', 'in_progress', 'closed', 'incomplete', 'canceled')),
    request         text not null check (request in ('none', 'submitted', 'accepted', 'rejected', 'cancel_requested', 'cancel_rejected')),
    accepted_at     timestamptz,
    packed_at       timestamptz,
    handed_over_at  timestamptz,
    waiting_on      text,
    waiting_until   timestamptz,
    unique (order_id, position)
);

create table fulfillment_lines (
    fulfillment_id  text not null references fulfillments,
    line_id         text not null,
    sku             text not null references products,
    quantity        integer not null check (quantity > 0),
    rejected        integer not null default 0 check (rejected >= 0),
    rejected_at     timestamptz,
    passed_over     boolean not null default false,  -- its node is not asked for it again before some arrives there
    lost            integer not null default 0 check (lost >= 0),  -- left, and will not arrive or did not
    primary key (fulfillment_id, line_id),
    check (rejected + lost <= quantity)
);

create index orders_short on orders (short_since, number) where waits_for_stock;

-- Units by line that are neither canceled nor in a consignment that may still arrive.
create view open_lines as
select l.order_id, l.line_id, l.sku, l.quantity - l.canceled - coalesce(
    (select sum(f.quantity - f.rejected - f.lost) from fulfillment_lines f join fulfillments c using (fulfillment_id)
     where c.order_id = l.order_id and f.line_id = l.line_id and c.status not in ('canceled', 'incomplete')), 0
) as quantity
from order_lines l;

-- Several at once: an order goes on when the last is released.
create table order_holds (
    hold_id        text primary key,
    order_id       text not null references orders,
    reason         text not null,
    note_ref       text references notes,
    owner_type     text not null,
    owner_id       text not null,
    due_at         timestamptz,
    placed_at      timestamptz not null,
    released_at    timestamptz
);

create index order_holds_open on order_holds (order_id) where released_at is null;

-- `status_at` is when the carrier says it was, so a parcel has none before its first scan.
create table shipments (
    shipment_id     text primary key,
    fulfillment_id  text not null references fulfillments,
    position        integer not null,
    grams           integer not null check (grams > 0),
    units           jsonb not null,  -- by line
    tracking_code   text not null unique,
    price_minor     bigint not null check (price_minor >= 0),
    expected_at     timestamptz not null,
    status          text not null
        check (status in ('label_created', 'info_received', 'in_transit', 'out_for_delivery', 'available_for_pickup',
                          'attempt_failed', 'exception', 'delivered', 'returned_to_sender', 'lost', 'expired')),
    status_at       timestamptz,
    seen_at         timestamptz,  -- the last scan of all: a sign of life, also where it moves nothing
    voided_at       timestamptz,
    settled_at      timestamptz,  -- its units are counted as lost: what becomes of it changes nothing any more
    unique (fulfillment_id, position)
);

create table scans (
    shipment_id  text not null references shipments,
    scan_id      text not null,
    status       text not null
        check (status in ('label_created', 'info_received', 'in_transit', 'out_for_delivery', 'available_for_pickup',
                          'attempt_failed', 'exception', 'delivered', 'returned_to_sender', 'lost', 'expired')),
    occurred_at  timestamptz not null,
    recorded_at  timestamptz not null default now(),
    applied      boolean not null,
    primary key (shipment_id, scan_id)
);

create table claims (
    claim_id     text primary key,
    order_id     text not null references orders,
    shipment_id  text not null references shipments,
    reason       text not null check (reason in ('not_received')),
    resolution   text not null check (resolution in ('replacement', 'refund')),
    note_ref     text references notes,
    status       text not null default 'open' check (status in ('open', 'resolved', 'denied')),
    opened_at    timestamptz not null
);

create unique index claims_once on claims (shipment_id) where status <> 'denied';

create index claims_of_order on claims (order_id);

create table approvals (
    approval_id         text primary key,
    kind                text not null
        check (kind in ('risk_review', 'reroute', 'refused_capture', 'refused_refund', 'dispute', 'claim')),
    subject             text,  -- what of the order it is about
    order_id            text not null references orders,
    workflow_id         text not null,
    question            text not null,
    evidence            jsonb not null,
    facts               jsonb not null,
    status              text not null
        check (status in ('pending', 'approved', 'rejected', 'changes_requested', 'expired', 'canceled')),
    version             integer not null default 1,
    plan_version        integer not null default 1,  -- of what is asked about
    due_at              timestamptz not null,
    on_expiry           text not null check (on_expiry in ('approved', 'rejected')),
    required_role       text not null,
    required_approvals  integer not null check (required_approvals in (1, 2)),
    escalate_at         timestamptz check (escalate_at < due_at),  -- null: it is not escalated
    escalate_to         text not null,
    escalated_at        timestamptz,
    requested_by_type   text not null,
    requested_by_id     text not null,
    requested_at        timestamptz not null,
    decided_by_type     text,
    decided_by_id       text,
    decided_at          timestamptz,
    applied_at          timestamptz  -- what was decided has been carried out
);

-- What an order under way, or one that was closed before, waits for a person to decide.
create view open_questions as
select * from approvals where kind <> 'risk_review' and applied_at is null and status <> 'canceled';

create index approvals_of_order on approvals (order_id);

create index approvals_by_due on approvals (status, due_at, approval_id);

-- What each person said last about a plan; `version` is the question's that they saw, and each vote raises it.
create table approval_votes (
    approval_id   text not null references approvals,
    plan_version  integer not null,
    actor_type    text not null,
    actor_id      text not null,
    version       integer not null,
    choice        text not null check (choice in ('approved', 'rejected', 'changes_requested')),
    note_ref      text references notes,
    decided_at    timestamptz not null,
    primary key (approval_id, plan_version, actor_type, actor_id)
);
