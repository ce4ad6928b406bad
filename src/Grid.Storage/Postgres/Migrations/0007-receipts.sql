-- Receipts are mostly zeros, which are left out before they are sent: of ten thousand transfers' a fourteenth is left.

alter table blocks add receipts_packed boolean not null default false; -- false for blocks from before
