-- Where a block's transactions are, and that the pool has them no more, is written behind the append of the block.

create table indexed (
    one boolean primary key default true check (one), -- there is one row
    next bigint not null                              -- the first block whose transactions aren't in "transactions" yet, and may still be in "pool"
);

alter table indexed set (fillfactor = 10);

insert into indexed (next) select coalesce(number + 1, 0) from head;

-- The head's number when the entry was admitted: only later blocks take it out. Null before the genesis block, and for entries that were there before this column.
alter table pool add admitted_after bigint;
