-- Who works with the console: accounts, sessions, and how often somebody failed to sign in.

create table staff (
    staff_id       text primary key,
    name           text not null unique,
    role           text not null check (role in ('support', 'store', 'operations')),
    password_hash  text not null,
    created_at     timestamptz not null default now()
);

-- Of the token that the browser keeps there is only a hash. `draft`: contracts.staff.Draft.
create table staff_sessions (
    token_sha256  bytea primary key,
    staff_id      text not null references staff,
    expires_at    timestamptz not null,
    draft         jsonb,
    created_at    timestamptz not null default now()
);

create index staff_sessions_expires_at on staff_sessions (expires_at);

-- By whatever name was tried, whether there is such an account or not.
create table failed_sign_ins (
    name      text primary key,
    failures  integer not null check (failures > 0),
    last_at   timestamptz not null
);

create index failed_sign_ins_last_at on failed_sign_ins (last_at);

-- What moved for an order's consignments, whatever the collation: their keys begin alike.
create index stock_movements_by_key on stock_movements (key text_pattern_ops);
