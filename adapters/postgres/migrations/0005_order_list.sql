-- Lists of orders, newest first and page by page. To find one by its external id or by its customer's reference alone
-- takes no index of its own: the unique ones begin with the channel, and of those there are few to skip over.

create index orders_by_placed on orders (placed_at, order_id);

create index orders_by_updated on orders (updated_at, order_id);

-- Few orders are under way, in dispute or on hold among very many that are completed and captured.
create index orders_by_status on orders (status, placed_at, order_id);

create index orders_by_payment_status on orders (payment_status, placed_at, order_id);

-- Questions in every status together, the soonest due first.
create index approvals_of_any_status_by_due on approvals (due_at, approval_id);
