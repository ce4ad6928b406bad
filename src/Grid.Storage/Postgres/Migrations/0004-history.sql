-- The history of values before: what a block found where it changed something. A question is one step in an index.

alter table head add history_start bigint; -- the first block whose state can be told; null while no history is kept

create table account_history (
    address bytea not null,
    number bigint not null, -- the block that changed it
    before bytea not null,  -- RLP of the record; nothing where there was no account
    primary key (address, number)
);

create table slot_history (
    address bytea not null,
    key bytea not null,     -- in the storage trie
    number bigint not null,
    before bytea not null,  -- big-endian, without leading zeros
    primary key (address, key, number)
);
