-- The store: trie nodes by place, code by hash, and the version of each shard.

-- A place is its nibbles, packed, and their number.
create table shards (
    prefix bytea primary key,
    version bigint not null, -- the last block whose changes the shard holds whole
    root bytea not null      -- the top of its slice
);

create table account_nodes (
    path bytea primary key,
    record bytea not null
);

create table storage_nodes (
    account bytea not null, -- the account's trie key
    path bytea not null,
    record bytea not null,
    primary key (account, path)
);

create table codes (
    hash bytea primary key,
    code bytea not null
);

-- Nodes are mostly hashes, which don't shrink, and those near the top are overwritten with every block: room on the page saves the index
-- an entry, and vacuum comes before a fifth of the table is dead.
alter table account_nodes alter record set storage external;
alter table account_nodes set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
alter table storage_nodes alter record set storage external;
alter table storage_nodes set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
