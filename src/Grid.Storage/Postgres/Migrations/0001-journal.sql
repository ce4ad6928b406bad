-- The journal: one row says where it ends and who may write, the others are what was appended.

create table head (
    one boolean primary key default true check (one), -- there is one row
    fencing_number bigint not null,                   -- the last one that was handed out
    number bigint,                                    -- null before the genesis block, as all that follow
    hash bytea check (octet_length(hash) = 32),
    state_root bytea check (octet_length(state_root) = 32),
    total_difficulty bytea check (octet_length(total_difficulty) = 32) -- big-endian
);

-- A row that is updated with every block stays on its page when that has room.
alter table head set (fillfactor = 10);

insert into head (fencing_number) values (0);

create table blocks (
    number bigint primary key,
    hash bytea not null unique check (octet_length(hash) = 32),
    parent_hash bytea not null check (octet_length(parent_hash) = 32),
    state_root bytea not null check (octet_length(state_root) = 32),
    total_difficulty bytea not null check (octet_length(total_difficulty) = 32),
    transaction_hashes bytea not null check (octet_length(transaction_hashes) % 32 = 0), -- in the order of the body
    senders bytea not null check (octet_length(senders) % 20 = 0),
    block bytea not null,
    receipts bytea not null,
    access_list bytea not null
);

-- Hashes, addresses and signatures don't shrink, and trying takes longer than writing them. Receipts do: their blooms are mostly zero.
alter table blocks
    alter transaction_hashes set storage external,
    alter senders set storage external,
    alter block set storage external,
    alter access_list set storage external;

-- Found by the first eight bytes of their hash, then compared with all of it in their block: an index of whole hashes, which come in no
-- order, takes three times as long to write.
create table transactions (
    prefix bigint not null, -- big-endian
    number bigint not null,
    index integer not null
);

create index on transactions (prefix);

create table pool (
    hash bytea primary key,
    sender bytea not null,
    raw bytea not null,
    admitted_unix_ms bigint not null
);

alter table pool alter raw set storage external;

-- Rows come and go with every block.
alter table pool set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
