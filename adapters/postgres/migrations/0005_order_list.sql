-- Lists of orders, newest first and page by page; and an order found by what people have of it.

create index orders_by_placed on orders (placed_at, order_id);

create index orders_by_updated on orders (updated_at, order_id);

-- Few orders are under way, in dispute or on hold among very many that are completed and captured.
create index orders_by_status on orders (status, placed_at, order_id);

create index orders_by_payment_status on orders (payment_status, placed_at, order_id);

create index orders_by_external_id on orders (external_id);

create index customers_by_external_ref on customers (external_ref);

-- Questions in every status together, the soonest due first.
create index approvals_of_any_status_by_due on approvals (due_at, approval_id);
